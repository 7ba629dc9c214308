public import MartletChat
public import MartletJSON

extension Agent {
  /// Runs the agent on a task to the end and gives its answer as a value of a type.
  ///
  /// ```swift
  /// struct Report: Decodable { var title: String; var pages: Int }
  /// let report = try await agent.run("Summarize the meeting", as: Report.self)
  /// ```
  ///
  /// An answer that breaks the schema, or that the type cannot be made of, is told to the model, which answers again, as
  /// often as `output.retries` of the agent's file says. Then ``AgentError`` has the code ``AgentError/Code/rejected`` and
  /// the last ``AgentError/answer``.
  ///
  /// - Parameters:
  ///   - task: What to do; without it the `prompt` of the file is the task.
  ///   - attachments: Images, sounds and files that go to the model with the task, if it can take them.
  ///   - type: The type of the answer.
  ///   - schema: What the answer has to satisfy, instead of the `output.schema` of the file. Without either the schema is
  ///     that of the type, if it is ``Schemable``.
  ///   - onEvent: Is told of everything that happens; the run waits for it.
  public func run<Answer: Decodable & SendableMetatype>(
    _ task: String? = nil, attachments: [ContentPart] = [], as type: Answer.Type, schema: SchemaDocument? = nil,
    onEvent: AgentEventHandler? = nil
  ) async throws(AgentError) -> sending Answer {
    var agent = self
    let own = output == nil ? (type as? any Schemable.Type)?.schema : nil
    if let schema = schema ?? own {
      do throws(JSONSchemaError) {
        agent.output = OutputFormat(
          name: name, schema: try JSONSchema(schema), retries: output?.retries ?? OutputFormat.defaultRetries)
      } catch {
        throw AgentError(code: .invalid, message: "the schema of the answer is no JSON Schema: \(error)")
      }
    }
    return try await AgentSession(agent).respond(
      to: self.task(task), attachments: attachments, as: type, onEvent: onEvent)
  }
}

extension AgentSession {
  /// Works on a task to the end and gives the answer as a value of a type; the agent's file has its schema.
  ///
  /// What happens to an answer that will not do is told at ``Agent/run(_:attachments:as:schema:onEvent:)``.
  public nonisolated func respond<Answer: Decodable & SendableMetatype>(
    to task: String, attachments: [ContentPart] = [], as type: Answer.Type,
    onEvent: AgentEventHandler? = nil
  ) async throws(AgentError) -> sending Answer {
    guard var output = agent.output else {
      let message = "the answer has no schema: give one, or add `output: {schema: …}` to the agent's file"
      throw AgentError(code: .invalid, message: message)
    }
    output.objection = { value in
      do {
        _ = try value.decode() as Answer
        return nil
      } catch {
        return OutputMessages.undecodable(error)
      }
    }
    let assignment = Assignment(task: task, attachments: attachments, output: output)
    let result = try await perform(assignment, onEvent).completed()
    do {
      return try (result.value ?? .null).decode()
    } catch {
      throw AgentError(code: .rejected, message: "the answer cannot be used: \(error)")
    }
  }
}
