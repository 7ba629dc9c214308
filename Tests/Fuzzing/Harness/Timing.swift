import Glibc

#if TIMING
  /// Finds inputs that take too long in a program without sanitizers: those of a corpus, and what they grow to when a
  /// part of them is repeated, which is how quadratic work shows.
  @main
  struct Timing {
    /// The processor time that 64 KiB of input may take.
    private static let allowedMilliseconds = 100
    private static let largest = 64 << 10

    private let target = Target.chosen
    private let findings: String
    private var slowest = 0
    private var tooSlow = 0

    static func main() {
      let arguments = Array(CommandLine.arguments.dropFirst())
      guard arguments.count >= 3, let seconds = Int(arguments[1]) else {
        fatalError("usage: fuzzing FINDINGS SECONDS FILE-OR-FOLDER…")
      }
      var timing = Timing(findings: arguments[0])
      timing.run(arguments.dropFirst(2).flatMap(files), seconds: seconds)
    }

    private init(findings: String) {
      self.findings = findings
    }

    private mutating func run(_ files: [String], seconds: Int) {
      let inputs = files.map(Self.contents)
      for (file, input) in zip(files, inputs) { look(at: input, from: file) }
      let end = time(nil) + seconds
      var generator = SeededGenerator(state: 1)
      var grown = 0
      while time(nil) < end, let index = inputs.indices.randomElement(using: &generator) {
        look(at: inputs[index].growing(to: Self.largest, using: &generator), from: files[index])
        grown += 1
      }
      print("timed \(inputs.count) inputs and \(grown) grown from them: slowest \(slowest) ms, too slow \(tooSlow)")
      exit(tooSlow == 0 ? 0 : 1)
    }

    private mutating func look(at input: [UInt8], from file: String) {
      var longest = Stopwatch.longest { target.check(input) }
      let allowed = Self.allowedMilliseconds * max(input.count, Self.largest) / Self.largest
      // A second look, because a first one also pays for what is made only once.
      if longest.milliseconds > allowed { longest = Stopwatch.longest { target.check(input) } }
      slowest = max(slowest, longest.milliseconds)
      guard longest.milliseconds > allowed else { return }
      tooSlow += 1
      let path = "\(findings)/slow-\(longest.milliseconds)ms-\(tooSlow)"
      print("\(longest.work) takes \(longest.milliseconds) ms for \(input.count) bytes, grown from \(file): \(path)")
      guard let file = fopen(path, "w") else { return }
      fwrite(input, 1, input.count, file)
      fclose(file)
    }

    private static func files(_ path: String) -> [String] {
      guard let folder = opendir(path) else { return [path] }
      defer { closedir(folder) }
      var files: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if !name.hasPrefix(".") { files += Self.files(path + "/" + name) }
      }
      return files.sorted()
    }

    private static func contents(of path: String) -> [UInt8] {
      guard let file = fopen(path, "r") else { return [] }
      defer { fclose(file) }
      return Array(unsafeUninitializedCapacity: largest) { $1 = fread($0.baseAddress, 1, $0.count, file) }
    }
  }

  /// The same numbers for the same seed.
  private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  extension [UInt8] {
    /// The bytes with a part of them repeated, as it stands or with numbered words, up to a size.
    fileprivate func growing(to size: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
      guard !isEmpty, count < size else { return self }
      var start = Int.random(in: 0..<count, using: &generator)
      var end = Swift.min(count, start + Int.random(in: 1...100, using: &generator))
      if Bool.random(using: &generator) {
        // Whole lines.
        start = self[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        end = self[Swift.max(start, end - 1)...].firstIndex(of: 0x0A).map { $0 + 1 } ?? count
      }
      let part = self[start..<end]
      let numbersAt = Bool.random(using: &generator) ? part.lastIndex { ("a"..."z").contains(Unicode.Scalar($0)) } : nil
      var grown = Array(self[..<start])
      var number = 0
      while grown.count + part.count + (count - end) + 5 < size {
        if let numbersAt {
          grown += part[...numbersAt] + Array(String(number).utf8) + part[(numbersAt + 1)...]
        } else {
          grown += part
        }
        number += 1
      }
      return grown + self[end...]
    }
  }
#endif
