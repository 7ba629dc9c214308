import MartletYAML

/// The models that an agent goes on with when its own fails.
package struct FallbackDeclaration: Sendable {
  /// In the order in which they are asked; the sampling parameters are those of the agent's model.
  package var models: [Located<ModelSpec>] = []
  /// How often a failed request is sent again to the same model, before the next one is asked.
  package var retries = FallbackModel.defaultRetries

  package static let table = FieldTable<FallbackDeclaration>("fallback") {
    Field(
      "models", \.models, .fallbackModels, required: true,
      "Models to go on with, each `provider/model`, in order")
    Field(
      "retries", \.retries, .integer(0...10), default: 2,
      "How often a failed request is sent again to the same model before the next one is asked")
  }
}

extension FieldType<[Located<ModelSpec>]> {
  /// One at least: `retries` are those of a model with others behind it.
  fileprivate static let fallbackModels = FieldType.list(of: .located(.modelName)).describing(["minItems": 1])
    .map { models, node, reader in
      if node.sequence?.isEmpty ?? false {
        reader.report("expected at least one model", at: node.start, hint: "leave `fallback` out, or name one")
      }
      return models
    }
}

extension FieldType<FallbackDeclaration> {
  package static let fallback = FieldType.fields(FallbackDeclaration.table) { _ in FallbackDeclaration() }
}
