import Glibc

/// Whether `.ci/sanitize` runs the tests: everything takes many times as long, and a sanitizer needs files of its own.
package let isSanitized = getenv("TSAN_OPTIONS") != nil || getenv("ASAN_OPTIONS") != nil

/// Whether that is AddressSanitizer, which keeps what is freed for a while, and looks for leaks with a process of its own.
package let isAddressSanitized = getenv("ASAN_OPTIONS") != nil
