import MartletJSON
import Testing

/// Bounds are compared exactly, however a number is spelled.
@Suite struct SchemaNumberTests {
  @Test(arguments: [
    (
      #"{"exclusiveMinimum": 0}"#, ["1", "0.1", "9.50", "1e-9", "0.00000000000000001"],
      ["0", "0.0", "-0", "-0.0", "-9.5"]
    ),
    (
      #"{"minimum": 0, "maximum": 150}"#, ["0", "-0", "150", "150.0", "1.5e2"],
      ["-1", "-0.1", "151", "150.000000000001"]
    ),
    (#"{"exclusiveMinimum": 1, "exclusiveMaximum": 3}"#, ["2", "1.0001", "2.99"], ["1", "3", "1.0", "3.0"]),
    (#"{"exclusiveMinimum": 1, "exclusiveMaximum": 2}"#, ["1.5"], ["1", "2"]),
    (#"{"minimum": 5, "maximum": 4}"#, [], ["4", "4.5", "5"]),
    (#"{"minimum": 0.5}"#, ["1", "0.5", "0.50"], ["0", "0.49999999999999999999"]),
    (
      #"{"minimum": -9223372036854775808, "maximum": 9223372036854775807}"#,
      ["-9223372036854775808", "9223372036854775807", "0"], ["-9223372036854775809", "9223372036854775808"]
    ),
    (
      #"{"exclusiveMinimum": -9223372036854775808, "exclusiveMaximum": 9223372036854775807}"#,
      ["-9223372036854775807", "9223372036854775806"], ["-9223372036854775808", "9223372036854775807"]
    ),
    (
      #"{"maximum": 12345678901234567}"#,
      ["12345678901234567.0", "12345678901234566.99"], ["12345678901234567.01", "99999999999999999.9"]
    ),
    (#"{"type": "integer", "minimum": 1}"#, ["1", "1.0", "1e2"], ["0", "1.5", "-3", "0.5"]),
    (#"{"type": "integer", "multipleOf": 3}"#, ["3", "-6", "0", "3.0"], ["4", "1.5"]),
  ]) func aBoundHoldsForEverySpelling(schema: String, valid: [String], invalid: [String]) throws {
    let schema = try JSONSchema(JSONValue(parsing: schema))
    for text in valid { #expect(try schema.isValid(JSONValue(parsing: text)), "\(text)") }
    for text in invalid {
      let value = try JSONValue(parsing: text)
      #expect(!schema.isValid(value), "\(text)")
      #expect(!schema.violations(in: value).isEmpty, "\(text)")
    }
  }
}
