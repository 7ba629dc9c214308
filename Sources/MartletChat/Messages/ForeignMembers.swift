package import MartletJSON

/// Members of a call that only its provider understands and wants back.
package struct ForeignMembers: RareValue {
  /// Those of the call itself.
  package var call = JSONObject()
  /// Those within its `function`.
  package var function = JSONObject()

  package init() {}
}
