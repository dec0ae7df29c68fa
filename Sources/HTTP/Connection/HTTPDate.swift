/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
public enum HTTPDate {
    /// - Parameter seconds: since 1970, UTC.
    public static func string(fromUnixSeconds seconds: Int64) -> String {
        String(decoding: bytes(fromUnixSeconds: seconds), as: UTF8.self)
    }

    /// Reads the preferred form only; the two obsolete ones have not been written for decades, and a
    /// condition whose date cannot be read is ignored (RFC 9110 §13.1.3).
    public static func unixSeconds(from text: String) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, weekdays.contains(where: { $0 + "," == parts[0] }), parts[1].utf8.count == 2,
            let day = Int64(parts[1]), let month = months.firstIndex(where: { $0 == parts[2] }),
            parts[3].utf8.count == 4, let year = Int64(parts[3]), parts[5] == "GMT"
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, time.allSatisfy({ $0.utf8.count == 2 }), let hour = Int64(time[0]), hour < 24,
            let minute = Int64(time[1]), minute < 60, let second = Int64(time[2]), second <= 60, (1...31).contains(day)
        else { return nil }
        return daysSince1970(year: year, month: Int64(month) + 1, day: day) * 86_400 + hour * 3_600 + minute * 60
            + second
    }

    static func bytes(fromUnixSeconds seconds: Int64) -> [UInt8] {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let time = seconds - days * 86_400
        let date = civil(daysSince1970: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        // The first of January 1970 was a Thursday.
        bytes.append(contentsOf: weekdays[Int(((days + 4) % 7 + 7) % 7)].utf8)
        bytes.append(contentsOf: ", ".utf8)
        bytes.appendTwoDigits(date.day)
        bytes.append(.space)
        bytes.append(contentsOf: months[Int(date.month - 1)].utf8)
        bytes.append(.space)
        bytes.appendTwoDigits(date.year / 100)
        bytes.appendTwoDigits(date.year % 100)
        bytes.append(.space)
        bytes.appendTwoDigits(time / 3_600)
        bytes.append(.colon)
        bytes.appendTwoDigits(time / 60 % 60)
        bytes.append(.colon)
        bytes.appendTwoDigits(time % 60)
        bytes.append(contentsOf: " GMT".utf8)
        return bytes
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    // Both directions: Howard Hinnant, "chrono-compatible low-level date algorithms" (2013).
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension [UInt8] {
    fileprivate mutating func appendTwoDigits(_ value: Int64) {
        append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
        append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }
}
