import Martlet

/// The exit statuses of the program; throwing one ends a command with it.
struct ExitStatus: RawRepresentable, Error, Equatable {
  let rawValue: Int32

  static let completed = ExitStatus(rawValue: 0)
  static let failed = ExitStatus(rawValue: 1)
  static let usage = ExitStatus(rawValue: 2)
  static let invalid = ExitStatus(rawValue: 3)
  static let modelError = ExitStatus(rawValue: 4)
  static let rateLimited = ExitStatus(rawValue: 5)
  static let limit = ExitStatus(rawValue: 6)
  static let incomplete = ExitStatus(rawValue: 7)
  static let rejected = ExitStatus(rawValue: 8)

  /// The status of a program that a signal ended.
  static func interrupted(by signal: Int32) -> ExitStatus { ExitStatus(rawValue: 128 + signal) }

  init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  init(_ outcome: RunOutcome) {
    switch outcome {
    case .completed: self = .completed
    case .failed: self = .failed
    case .invalid: self = .invalid
    case .modelError: self = .modelError
    case .rateLimited: self = .rateLimited
    case .limit: self = .limit
    case .incomplete: self = .incomplete
    case .rejected: self = .rejected
    case .interrupted: self = Interrupts.shared.signal.map { .interrupted(by: $0) } ?? .failed
    }
  }
}
