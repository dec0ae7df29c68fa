/// Wall time as RFC 3339 writes it, in UTC with milliseconds: `2026-01-31T12:00:00.250Z`.
public enum Timestamp {
    public static func string(_ time: (seconds: Int64, nanoseconds: Int64)) -> String {
        var bytes: [UInt8] = []
        append(time, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same, digit by digit: it stands in every line of a log.
    public static func append(_ time: (seconds: Int64, nanoseconds: Int64), to bytes: inout [UInt8]) {
        let days = time.seconds >= 0 ? time.seconds / 86_400 : (time.seconds - 86_399) / 86_400
        let second = time.seconds - days * 86_400
        // Howard Hinnant, "chrono-compatible low-level date algorithms" (2013).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func append(_ value: Int64, _ width: Int, _ end: Unicode.Scalar) {
            bytes.appendDecimal(UInt64(max(0, value)), width: width)
            bytes.append(UInt8(ascii: end))
        }
        append(year, 4, "-")
        append(month, 2, "-")
        append(day, 2, "T")
        append(second / 3_600, 2, ":")
        append(second / 60 % 60, 2, ":")
        append(second % 60, 2, ".")
        append(time.nanoseconds / 1_000_000, 3, "Z")
    }
}
