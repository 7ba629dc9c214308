import MartletJSON

extension AssembledToolCall {
  /// The function that models call, without having been offered it, to make several calls at once.
  static let parallelName = "multi_tool_use.parallel"

  /// The calls within a call of ``parallelName``; nil for any other call, and if one of them is not of a known function.
  func unpacked(toolNames: Set<String>, taken: inout Set<String>) -> [AssembledToolCall]? {
    guard name == Self.parallelName, !toolNames.contains(name), defect == nil,
      let uses = try? JSONValue(parsing: arguments)["tool_uses"]?.arrayValue, !uses.isEmpty
    else { return nil }
    var calls: [AssembledToolCall] = []
    for use in uses {
      guard let recipient = use["recipient_name"]?.stringValue, let parameters = use["parameters"],
        parameters.objectValue != nil
      else { return nil }
      let name = recipient.hasPrefix("functions.") ? String(recipient.dropFirst("functions.".count)) : recipient
      guard toolNames.contains(name) else { return nil }
      var number = calls.count + 1
      while !taken.insert("\(id)_\(number)").inserted { number += 1 }
      calls.append(AssembledToolCall(id: "\(id)_\(number)", name: name, arguments: parameters.canonicalString()))
    }
    return calls
  }
}

extension AssembledReply {
  /// Puts the calls within calls of `multi_tool_use.parallel` in their place.
  mutating func unpackParallelCalls(toolNames: Set<String>) {
    guard toolCalls.contains(where: { $0.name == AssembledToolCall.parallelName }) else { return }
    var taken = Set(toolCalls.map(\.id))
    let unpacked = toolCalls.map { $0.unpacked(toolNames: toolNames, taken: &taken) }
    let count = unpacked.reduce(0) { $0 + ($1?.count ?? 1) }
    guard unpacked.contains(where: { $0 != nil }), count <= CallSlots.maximumCalls else { return }
    toolCalls = zip(toolCalls, unpacked).flatMap { $1 ?? [$0] }
    if !tolerances.contains("A21") { tolerances.append("A21") }
  }
}
