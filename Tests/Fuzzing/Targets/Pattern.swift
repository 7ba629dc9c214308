@testable import MartletJSON

/// The first line is a pattern, the rest the text: compiling and searching are bounded, and a match lies in the text.
func checkPattern(_ input: [UInt8]) {
  var choices = Choices(input)
  let parts = choices.content.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
  let source = String(decoding: parts[0], as: UTF8.self)
  let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
  let pattern: Pattern
  do throws(PatternError) {
    let ignoresCase = choices.bool()
    pattern = try timed("compiling") { () throws(PatternError) in try Pattern(source, ignoringCase: ignoresCase) }
  } catch {
    promise((0...source.unicodeScalars.count).contains(error.offset), "an error lies in the pattern")
    return
  }
  do throws(PatternStepLimitError) {
    let match = try timed("searching") { () throws(PatternStepLimitError) in try pattern.firstMatch(in: text) }
    promise(try pattern.matches(text) == (match != nil), "matching and finding agree")
    guard let match else { return }
    promise(match[0] == String(text[match.range]), "group 0 is the match")
    for name in pattern.groupNames { _ = match[name] }
    for index in 0..<20 {
      guard let group = match[index] else { continue }
      promise(group.isEmpty || text.utf8.count >= group.utf8.count, "a group is a part of the text")
    }
  } catch {
    promise(error.stepLimit == Pattern.defaultStepLimit, "only the limit ends a search")
  }
}
