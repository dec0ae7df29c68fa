/// The address as one of the elements that the C functions ask for, whichever these are.
func bound<Scalar>(_ pointer: UnsafeRawPointer) -> UnsafePointer<Scalar> { pointer.assumingMemoryBound(to: Scalar.self) }

func bound<Scalar>(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Scalar> {
    pointer.assumingMemoryBound(to: Scalar.self)
}

func bound<Scalar>(_ pointer: UnsafeMutableRawPointer) -> UnsafePointer<Scalar> {
    UnsafePointer(pointer.assumingMemoryBound(to: Scalar.self))
}
