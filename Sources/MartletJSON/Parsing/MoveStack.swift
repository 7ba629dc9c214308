/// A stack whose upper part moves into an array of exactly its size, without a copy of any element.
struct MoveStack<Element>: ~Copyable {
  /// Nil until the first element comes: most texts need only some of the parser's stacks.
  private var storage: UnsafeMutablePointer<Element>?
  fileprivate var capacity = 0
  /// How many elements lie on the stack.
  fileprivate(set) var count = 0

  init() {}

  deinit {
    storage?.deinitialize(count: count)
    storage?.deallocate()
  }

  /// Only read while there are elements, or room for one.
  fileprivate var base: UnsafeMutablePointer<Element> {
    @inline(__always) get { storage.unsafelyUnwrapped }
  }

  mutating func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Pushes elements in their order.
  mutating func push(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard !elements.isEmpty, let source = elements.baseAddress else { return }
    if capacity - count < elements.count { grow(by: elements.count) }
    (base + count).initialize(from: source, count: elements.count)
    count += elements.count
  }

  @inline(never)
  fileprivate mutating func grow(by additional: Int = 1) {
    let room = max(16, capacity * 2, count + additional)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: room)
    if let storage {
      larger.moveInitialize(from: storage, count: count)
      storage.deallocate()
    }
    storage = larger
    capacity = room
  }

  /// Drops all elements and keeps the room for them.
  mutating func removeAll() {
    storage?.deinitialize(count: count)
    count = 0
  }

  /// All elements, until the stack is changed.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: storage, count: count) }

  /// Takes the uppermost element off the stack; nil if there is none.
  mutating func popLast() -> Element? {
    guard count > 0 else { return nil }
    count -= 1
    return (base + count).move()
  }

  /// Takes the elements from a position on off the stack.
  mutating func popAll(from start: Int) -> [Element] {
    guard count > start else { return [] }
    let popped = count - start
    count = start
    return Array(Moved(source: base + start, left: popped))
  }

  /// Elements on their way into an array, which takes them one by one: `init(unsafeUninitializedCapacity:)` looks the
  /// array's type up each time.
  private struct Moved: Sequence, IteratorProtocol {
    var source: UnsafeMutablePointer<Element>
    var left: Int

    var underestimatedCount: Int { left }

    @inline(__always)
    mutating func next() -> Element? {
      guard left > 0 else { return nil }
      left -= 1
      defer { source += 1 }
      return source.move()
    }
  }

  /// Copies the elements from a position on.
  func copy(from start: Int) -> [Element] {
    count > start ? Array(UnsafeBufferPointer(start: base + start, count: count - start)) : []
  }

  /// An element, which can be changed in its place.
  subscript(position: Int) -> Element {
    _read { yield base[position] }
    _modify {
      // Not in one expression: Swift 6.3 cannot compile that with ThreadSanitizer.
      let base = base
      yield &base[position]
    }
  }

  /// The first position, from a start on, whose element meets a condition.
  func firstIndex(from start: Int, where condition: (Element) -> Bool) -> Int? {
    var position = start
    while position < count {
      if condition(base[position]) { return position }
      position += 1
    }
    return nil
  }
}

extension MoveStack<UInt8> {
  /// Pushes so many zeros.
  mutating func pushZeros(_ number: Int) {
    if capacity - count < number { grow(by: number) }
    (base + count).update(repeating: 0, count: number)
    count += number
  }

  /// Pushes the bytes of a text between two offsets, few of them without a call.
  @inline(__always)
  mutating func push(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    let length = end - start
    guard length > 0 else { return }
    if capacity - count < length + 8 { grow(by: length + 8) }
    if length <= 8, text.count - start >= 8 {
      let word = PlainRun.word(of: text, at: start)
      UnsafeMutableRawPointer(base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
      count += length
    } else {
      push(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
    }
  }
}
