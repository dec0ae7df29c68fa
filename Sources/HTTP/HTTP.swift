// Holds the floor until its first file lands.
