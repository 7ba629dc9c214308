/// A stack whose upper part moves into an array of exactly its size, without a copy of any element.
struct MoveStack<Element>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  /// How many elements lie on the stack.
  private(set) var count = 0

  init() {
    capacity = 16
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  mutating func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// Takes the elements from a position on off the stack.
  mutating func popAll(from start: Int) -> [Element] {
    let source = base + start
    let popped = count - start
    count = start
    // An empty array would write its count into the storage that all empty arrays share.
    guard popped > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: popped) { buffer, initializedCount in
      // Only an empty buffer has no base address.
      buffer.baseAddress?.moveInitialize(from: source, count: popped)
      initializedCount = popped
    }
  }

  /// Copies the elements from a position on.
  func copy(from start: Int) -> [Element] {
    Array(UnsafeBufferPointer(start: base + start, count: count - start))
  }

  /// An element, which can be changed in its place.
  subscript(position: Int) -> Element {
    _read { yield base[position] }
    _modify { yield &base[position] }
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
