/// Decisions about an input, such as where to cut it: the same input always gives the same ones.
///
/// What follows its last byte 0xFF, which no text holds, are the fuzzer's own decisions; then, and without one, a hash of
/// the input decides. So any text is an input as it stands, and a decision can still be found by mutation.
struct Choices {
  /// The input without the decisions.
  let content: [UInt8]
  private var given: ArraySlice<UInt8>
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  init(_ input: [UInt8]) {
    let end = input.lastIndex(of: 0xFF) ?? input.count
    content = Array(input[..<end])
    given = input[end...].dropFirst()
    for byte in content { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// A number from 0 up to a bound.
  mutating func number(below bound: Int) -> Int {
    if let byte = given.popFirst() { return Int(byte) % bound }
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func bool() -> Bool { number(below: 2) == 1 }

  mutating func element<Element>(of elements: [Element]) -> Element { elements[number(below: elements.count)] }

  /// The content in pieces of 0 to 255 bytes.
  mutating func pieces() -> [[UInt8]] {
    let longest = element(of: [2, 8, 256])
    var pieces: [[UInt8]] = []
    var rest = content[...]
    while !rest.isEmpty {
      let count = number(below: longest)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  /// The content in the ways in which it might arrive: whole, byte by byte, and in pieces.
  mutating func arrivals() -> [[[UInt8]]] {
    [[content], content.map { [$0] }, pieces()]
  }
}
