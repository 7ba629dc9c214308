/// First in, first out, in constant time per entry.
struct AdmissionQueue<Element> {
  private var entries: [Element?] = []
  private var first = 0

  mutating func append(_ element: Element) {
    entries.append(element)
  }

  mutating func popFirst() -> Element? {
    guard first < entries.count else { return nil }
    let element = entries[first].take()
    first += 1
    // Moving what is left costs no more than the entries that went before it.
    if first > entries.count / 2 {
      entries.removeFirst(first)
      first = 0
    }
    return element
  }
}
