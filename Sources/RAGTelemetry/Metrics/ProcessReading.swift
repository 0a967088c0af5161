// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// What this process takes from its machine, as the metrics that every Prometheus client library calls `process_…`.
struct ProcessReading: Sendable {
    /// Resident memory in bytes; nil where the system does not say.
    var residentBytes: Double?
    /// Processor time of all threads, user and system, in seconds.
    var processorSeconds: Double?
    /// Open file descriptors; nil where the system does not say.
    var openFiles: Double?
    /// Most file descriptors that may be open.
    var maximumFiles: Double?

    /// How the process is now.
    static func now() -> ProcessReading {
        ProcessReading(
            residentBytes: residentBytes(),
            processorSeconds: processorSeconds(),
            openFiles: openFiles(),
            maximumFiles: maximumFiles()
        )
    }

    /// Seconds since 1970.
    static func wallClock() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func processorSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of `/proc/self/statm`: pages in memory.
    private static func residentBytes() -> Double? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let words = bytes[..<count].split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Double(String(decoding: words[1], as: UTF8.self)) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openFiles() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Two names are the folders themselves, one descriptor is this reading's own.
        return Double(max(0, count - 3))
    }

    private static func maximumFiles() -> Double? {
        var limit = rlimit()
        #if canImport(Glibc)
            let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let status = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return status == 0 ? Double(limit.rlim_cur) : nil
    }
}
