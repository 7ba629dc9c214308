import ArgumentParser
import Martlet

/// `name=value` of `--set`.
struct ParameterOption: ExpressibleByArgument, Equatable {
  let name: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.utf8.firstIndex(of: UInt8(ascii: "=")), equals != argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    value = String(argument[argument.utf8.index(after: equals)...])
  }
}

/// A whole number from 1.
struct PositiveCount: ExpressibleByArgument, Equatable {
  let value: Int

  init?(argument: String) {
    guard let value = Int(argument), value > 0 else { return nil }
    self.value = value
  }
}

/// A time with its unit.
struct TimeOption: ExpressibleByArgument, Equatable {
  let value: Duration

  init?(argument: String) {
    guard let value = Duration(argument), value > .zero else { return nil }
    self.value = value
  }
}
