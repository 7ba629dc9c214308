internal import CCurl

/// The header fields of a request as libcurl takes them.
///
/// Most requests of a handle differ in the identifier alone: what they have in common is spelled once. Only for whoever
/// is at work on the transfers.
final class HeaderList {
  /// The list, nil if there is none; it changes with ``update(to:bodyCount:)`` alone.
  private(set) var pointer: UnsafeMutablePointer<curl_slist>?
  /// What it was made of; nil if it was not made.
  private var fields: [HTTPHeader]?
  private var hasLargeBody = false
  /// The entry of the first of them.
  private var entryOfFields: UnsafeMutablePointer<curl_slist>?

  /// `Expect` comes with bodies of this size and more.
  private static let largeBody = 1 << 20

  deinit {
    ccurl_slist_free_all(pointer)
  }

  /// Makes it the list of a request with these fields; false if there is no memory for it.
  func update(to headers: [HTTPHeader], bodyCount: Int) -> Bool {
    let isLarge = bodyCount >= Self.largeBody
    if isLarge != hasLargeBody || !replace(by: headers) {
      clear()
      hasLargeBody = isLarge
      guard make(of: headers) else {
        clear()
        return false
      }
    }
    fields = headers
    return true
  }

  private func clear() {
    ccurl_slist_free_all(pointer)
    (pointer, entryOfFields, fields) = (nil, nil, nil)
  }

  private func make(of headers: [HTTPHeader]) -> Bool {
    // `Expect`, which libcurl sends with a body above 1 MiB, would wait a second for servers that do not know it;
    // `Content-Type` would claim a form. libcurl looks for many names in the list: each entry has its price.
    if hasLargeBody, append("Expect", ":", "") == nil { return false }
    if !headers.contains(where: { $0.isNamed("Content-Type") }), append("Content-Type", ":", "") == nil { return false }
    for header in headers {
      // A semicolon is libcurl's way of saying that the value is empty.
      let entry = header.isBlank ? append(header.name, ";", "") : append(header.name, ": ", header.value)
      guard let entry else { return false }
      if entryOfFields == nil { entryOfFields = entry }
    }
    return true
  }

  /// Adds an entry and gives it.
  private func append(
    _ name: String, _ separator: StaticString, _ value: String
  ) -> UnsafeMutablePointer<curl_slist>? {
    guard let longer = ccurl_slist_append(pointer, "\(name)\(separator)\(value)") else { return nil }
    pointer = longer
    var last = longer
    while let next = last.pointee.next { last = next }
    return last
  }

  /// Writes the values over those that were there; false unless there were some, with the same names and sizes.
  private func replace(by headers: [HTTPHeader]) -> Bool {
    guard let fields, fields.count == headers.count else { return false }
    var entry = entryOfFields
    for index in headers.indices {
      guard let text = entry?.pointee.data, headers[index].name.hasSameBytes(as: fields[index].name) else {
        return false
      }
      entry = entry?.pointee.next
      let (new, old) = (headers[index].value, fields[index].value)
      guard new.utf8.count == old.utf8.count, !headers[index].isBlank, !fields[index].isBlank else { return false }
      let start = UnsafeMutableRawPointer(text) + headers[index].name.utf8.count + 2
      UnsafeMutableRawBufferPointer(start: start, count: new.utf8.count).copyBytes(from: new.utf8)
    }
    return true
  }
}

extension HTTPHeader {
  /// Whether its value is empty, white space apart.
  fileprivate var isBlank: Bool { value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}
