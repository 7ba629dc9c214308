import MartletJSON

extension CallSlots {
  /// Whether some call's arguments have not come to their end.
  var hasOpenCall: Bool {
    slots.contains { slot in
      if slot.isPhantom { return false }
      if slot.name.isEmpty { return true }
      return !slot.isBlank && ArgumentsReading(slot.arguments).defect != nil
    }
  }

  /// The calls, each with a name, an identifier that no other has, and arguments to be checked.
  mutating func finish(turn: Int) -> [AssembledToolCall] {
    var calls: [AssembledToolCall] = []
    calls.reserveCapacity(slots.count)
    if hasDistinctIDs {
      for slot in slots where !slot.isPhantom { calls.append(call(of: slot, id: slot.id)) }
      return calls
    }
    var taken: Set<String> = []
    for slot in slots where !slot.id.isEmpty { taken.insert(slot.id) }
    var used: Set<String> = []
    var nextSuffix: [String: Int] = [:]
    for slot in slots where !slot.isPhantom {
      let id = uniqueID(of: slot, "call_\(turn)_\(calls.count + 1)", taken, &used, &nextSuffix)
      calls.append(call(of: slot, id: id))
    }
    return calls
  }

  private mutating func uniqueID(
    of slot: CallSlot, _ synthesized: String, _ taken: Set<String>, _ used: inout Set<String>,
    _ nextSuffix: inout [String: Int]
  ) -> String {
    let wanted = slot.id.isEmpty ? synthesized : slot.id
    if slot.id.isEmpty { note("A6") }
    let isFree = !used.contains(wanted) && (!slot.id.isEmpty || !taken.contains(wanted))
    if isFree {
      used.insert(wanted)
      return wanted
    }
    if !slot.id.isEmpty { note("A7") }
    var suffix = nextSuffix[wanted] ?? 2
    while taken.contains("\(wanted)_\(suffix)") || used.contains("\(wanted)_\(suffix)") { suffix += 1 }
    nextSuffix[wanted] = suffix + 1
    used.insert("\(wanted)_\(suffix)")
    return "\(wanted)_\(suffix)"
  }

  private mutating func call(of slot: CallSlot, id: String) -> AssembledToolCall {
    let reading = ArgumentsReading(slot.arguments)
    for tolerance in reading.tolerances { note(tolerance) }
    let name = knownName(slot.name)
    var oddities = AssembledToolCall.Oddities()
    if slot.id != id { oddities.rawID = slot.id }
    if slot.name != name { oddities.rawName = slot.name }
    oddities.cameWhole = reading.isWhole || slot.isTooLong
    oddities.repairs = reading.repairs
    oddities.cameWithoutArguments = reading.isBlank
    oddities.defect = reading.defect
    if slot.hasReplacedText { oddities.defect = oddities.defect ?? "they hold bytes that are not UTF-8" }
    if slot.isTooLong { oddities.defect = "they are longer than \(CallSlot.maximumArgumentBytes) bytes" }
    if oddities.defect != nil { note("A17") }
    var call = AssembledToolCall(id: id, name: name, arguments: reading.text, oddities: oddities)
    if oddities.defect == nil { call.value = reading.object }
    call.$foreign = slot.$foreign
    return call
  }

  /// The name without tokens of the model's own format, and then the one known name that it begins or that begins it.
  private mutating func knownName(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "|")), !toolNames.contains(name), let range = name.firstRange(of: "<|"),
      range.lowerBound > name.startIndex
    else { return name }
    note("A19")
    let stripped = String(name[..<range.lowerBound])
    if toolNames.contains(stripped) { return stripped }
    let near = toolNames.filter { stripped.hasPrefix($0) || $0.hasPrefix(stripped) }
    return near.count == 1 ? near.first ?? stripped : stripped
  }
}
