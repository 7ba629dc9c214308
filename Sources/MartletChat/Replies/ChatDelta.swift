package import MartletJSON

/// A part of a reply, as it arrived.
package enum ChatDelta: Sendable, Hashable {
  case text(String)
  /// A piece of the model's thinking.
  case reasoning(String)
  /// A piece of the sentence with which the model refuses.
  case refusal(String)
  /// A piece of a call's arguments; id and name come when they become known.
  ///
  /// `index` is the call's place among those of its reply, in the order of their first appearance.
  case call(index: Int, id: String?, name: String?, arguments: String)
  /// How likely the tokens of a chunk were, as the provider wrote it; unless it is alone, the delta before is the chunk's.
  case logprobs(JSONValue, isAlone: Bool)
}
