import CKernels

// Numbers `range` of a stream, written from `target` on; what each is depends on the stream and its number alone.
extension Kernels {
    public static func uniform(
        _ stream: RandomStream, _ range: Range<Int>, _ dtype: DType, into target: UnsafeMutableRawPointer,
        _ low: Double, _ high: Double
    ) {
        let (key, number, first, count) = (stream.key, stream.stream, UInt64(range.lowerBound), range.count)
        if dtype == .float32 {
            ck_random_uniform_f32(key, number, first, target.assumingMemoryBound(to: Float.self), count, low, high)
        } else {
            ck_random_uniform_f64(key, number, first, target.assumingMemoryBound(to: Double.self), count, low, high)
        }
    }

    public static func normal(
        _ stream: RandomStream, _ range: Range<Int>, _ dtype: DType, into target: UnsafeMutableRawPointer,
        _ mean: Double, _ deviation: Double
    ) {
        let (key, number, first, count) = (stream.key, stream.stream, UInt64(range.lowerBound), range.count)
        if dtype == .float32 {
            ck_random_normal_f32(key, number, first, target.assumingMemoryBound(to: Float.self), count, mean, deviation)
        } else {
            ck_random_normal_f64(
                key, number, first, target.assumingMemoryBound(to: Double.self), count, mean, deviation)
        }
    }

    public static func truncatedNormal(
        _ stream: RandomStream, _ range: Range<Int>, _ dtype: DType, into target: UnsafeMutableRawPointer,
        _ mean: Double, _ deviation: Double
    ) {
        let (key, number, first, count) = (stream.key, stream.stream, UInt64(range.lowerBound), range.count)
        if dtype == .float32 {
            ck_random_truncated_normal_f32(
                key, number, first, target.assumingMemoryBound(to: Float.self), count, mean, deviation)
        } else {
            ck_random_truncated_normal_f64(
                key, number, first, target.assumingMemoryBound(to: Double.self), count, mean, deviation)
        }
    }

    /// Ones where a uniform number is below the probability.
    public static func bernoulli(
        _ stream: RandomStream, _ range: Range<Int>, _ dtype: DType, into target: UnsafeMutableRawPointer,
        _ probability: Double
    ) {
        uniform(stream, range, dtype, into: target, 0, 1)
        if dtype == .float32 {
            let numbers = target.assumingMemoryBound(to: Float.self)
            for place in 0..<range.count { numbers[place] = Double(numbers[place]) < probability ? 1 : 0 }
        } else {
            let numbers = target.assumingMemoryBound(to: Double.self)
            for place in 0..<range.count { numbers[place] = numbers[place] < probability ? 1 : 0 }
        }
    }

    /// In `low ..< high`, int64 or int32.
    public static func integers(
        _ stream: RandomStream, _ range: Range<Int>, _ dtype: DType, into target: UnsafeMutableRawPointer,
        _ low: Int64, _ high: Int64
    ) {
        let span = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
        if dtype == .int64 {
            let numbers = target.assumingMemoryBound(to: Int64.self)
            ck_random_integers(
                stream.key, stream.stream, UInt64(range.lowerBound), numbers, range.count, low, span)
            return
        }
        let numbers = target.assumingMemoryBound(to: Int32.self)
        var chunk = [Int64](repeating: 0, count: 256)
        for start in Swift.stride(from: 0, to: range.count, by: chunk.count) {
            let count = Swift.min(chunk.count, range.count - start)
            ck_random_integers(
                stream.key, stream.stream, UInt64(range.lowerBound + start), &chunk, count, low, span)
            for place in 0..<count { numbers[start + place] = Int32(truncatingIfNeeded: chunk[place]) }
        }
    }

    /// The numbers `0 ..< count` in a random order, int64.
    public static func permutation(_ stream: RandomStream, into y: inout TensorBuffer) {
        ck_random_permutation(stream.key, stream.stream, y.pointer(to: Int64.self), y.elementCount)
    }
}
