import Glibc

/// Runs `body` again as long as a signal interrupts it.
func untilNotInterrupted<Result>(_ body: () throws(FileError) -> Result) throws(FileError) -> Result {
    while true {
        do {
            return try body()
        } catch  where error.code == EINTR {
            continue
        }
    }
}
