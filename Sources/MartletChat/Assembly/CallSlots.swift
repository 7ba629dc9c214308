import MartletJSON

/// Sorts the pieces of a reply's calls into slots, one for each call, however the server numbers them.
///
/// An index is a key and never a position; slots stand in the order of their first appearance.
struct CallSlots: Sendable {
  private(set) var slots: [CallSlot] = []
  private(set) var tolerances: [String] = []
  let toolNames: Set<String>
  private var byIndex: [Int: Int] = [:]
  private var byID: [String: Int] = [:]
  private var deltaNumber = 0

  /// The bound of a reply's calls: beyond it the reply is refused as a whole.
  static let maximumCalls = 1_024

  init(toolNames: Set<String> = []) {
    self.toolNames = toolNames
  }

  var isEmpty: Bool { slots.isEmpty }

  /// Whether each slot has an identifier that no other has.
  var hasDistinctIDs: Bool { byID.count == slots.count }

  /// Begins the list of one delta: two of its elements that each carry a name are two calls.
  mutating func beginDelta() {
    deltaNumber += 1
  }

  /// Takes a piece and gives its delta; nil if the reply has too many calls.
  mutating func take(_ piece: CallPiece) -> ChatDelta? {
    let position = resolve(piece)
    guard position < Self.maximumCalls else { return nil }
    if position == slots.count { slots.append(CallSlot()) }
    if let index = piece.index { byIndex[index] = position }
    let id = takeID(piece, at: position)
    let name = takeName(piece, at: position)
    let arguments = takeArguments(piece, at: position)
    if !piece.$foreign.isEmpty {
      slots[position].foreign.call.merge(piece.foreign.call)
      slots[position].foreign.function.merge(piece.foreign.function)
    }
    slots[position].touchedBy = deltaNumber
    return .call(index: position, id: id, name: name, arguments: arguments)
  }

  mutating func flush() {
    for position in slots.indices { slots[position].flush() }
  }

  mutating func note(_ tolerance: String) {
    if !tolerances.contains(tolerance) { tolerances.append(tolerance) }
  }
}

extension CallSlots {
  /// The slot that a piece belongs to; the number of slots stands for a new one.
  private mutating func resolve(_ piece: CallPiece) -> Int {
    guard let index = piece.index else {
      note("A1")
      return resolveWithoutIndex(piece)
    }
    guard let position = byIndex[index] else {
      if index != slots.count { note("A3") }
      return slots.count
    }
    let slot = slots[position]
    if !piece.id.isEmpty, !slot.id.isEmpty, piece.id != slot.id {
      note("A2")
      return byID[piece.id] ?? slots.count
    }
    if beginsAnother(piece, than: position) {
      note("A2")
      return slots.count
    }
    return position
  }

  private mutating func resolveWithoutIndex(_ piece: CallPiece) -> Int {
    if !piece.id.isEmpty, let position = byID[piece.id] {
      return beginsAnother(piece, than: position) ? slots.count : position
    }
    guard let last = slots.last else { return 0 }
    let isTouched = last.touchedBy == deltaNumber
    if !piece.id.isEmpty {
      // An identifier may come later than what it identifies.
      let isLate = last.id.isEmpty && (piece.name.isEmpty || last.name.isEmpty) && !isTouched
      return isLate ? slots.count - 1 : slots.count
    }
    if piece.name.isEmpty { return slots.count - 1 }
    if last.name.isEmpty { return isTouched ? slots.count : slots.count - 1 }
    let isRepeated = piece.name.hasPrefix(last.name) || isContinuation(piece.name, of: last)
    return isRepeated && !beginsAnother(piece, than: slots.count - 1) ? slots.count - 1 : slots.count
  }

  /// Whether a piece that fits a slot by number nevertheless begins a call of its own.
  private mutating func beginsAnother(_ piece: CallPiece, than position: Int) -> Bool {
    let slot = slots[position]
    if piece.name.isEmpty || slot.name.isEmpty { return false }
    let isSameID = !piece.id.isEmpty && piece.id == slot.id
    if slot.touchedBy == deltaNumber { return !isSameID || piece.name != slot.name }
    if piece.name == slot.name {
      // The name is repeated: another call only if the arguments are whole and others begin.
      guard !isSameID, slots[position].isWhole else { return false }
      switch piece.arguments {
      case .absent: return false
      case .text(let text): return !JSONExtent(text).isBlank && text != slot.arguments
      case .object(let value): return value.canonicalString() != slot.arguments
      }
    }
    if slots[position].isWhole { return true }
    let isLongerName = piece.name.hasPrefix(slot.name) || isContinuation(piece.name, of: slot)
    return slot.isBlank && !isLongerName && !isSameID
  }

  /// Whether a name is the rest of one that was cut: only a known name is ever put together.
  private func isContinuation(_ name: String, of slot: CallSlot) -> Bool {
    !toolNames.contains(slot.name) && toolNames.contains { $0.hasPrefix(slot.name + name) }
  }

  private mutating func takeID(_ piece: CallPiece, at position: Int) -> String? {
    guard !piece.id.isEmpty else { return nil }
    guard slots[position].id.isEmpty else {
      note("A4")
      return nil
    }
    if slots[position].touchedBy != 0 { note("A6") }
    slots[position].id = piece.id
    // The first one keeps its name, as few as there are that share one.
    if let first = byID.updateValue(position, forKey: piece.id) { byID[piece.id] = first }
    return piece.id
  }

  private mutating func takeName(_ piece: CallPiece, at position: Int) -> String? {
    let name = slots[position].name
    if piece.name.isEmpty { return nil }
    if name.isEmpty {
      if !slots[position].isBlank { note("A9") }
      slots[position].name = piece.name
      return piece.name
    }
    note("A5")
    if piece.name == name { return nil }
    if isContinuation(piece.name, of: slots[position]) {
      slots[position].name = name + piece.name
    } else if piece.name.hasPrefix(name) {
      slots[position].name = piece.name
    } else {
      return nil
    }
    return slots[position].name
  }

  private mutating func takeArguments(_ piece: CallPiece, at position: Int) -> String {
    switch piece.arguments {
    case .absent:
      if piece.hasNullArguments { note("A10") }
      return ""
    case .text(let text):
      return slots[position].append(text, isMarked: piece.isMarked)
    case .object(let value):
      note("A12")
      let text = value.canonicalString()
      if text == slots[position].arguments { return "" }
      // A whole object again is a later state of the same arguments, not a continuation.
      slots[position].replaceArguments(text)
      return text
    }
  }
}
