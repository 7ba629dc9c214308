import Glibc

/// Whether `.ci/sanitize` runs the tests: everything takes many times as long, and a sanitizer needs files of its own.
package let isSanitized = getenv("TSAN_OPTIONS") != nil || getenv("ASAN_OPTIONS") != nil
