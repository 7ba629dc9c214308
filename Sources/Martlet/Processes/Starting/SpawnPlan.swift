internal import CProcess
internal import Glibc

/// A request as the system wants it. The caller makes it: the thread that starts the children of all callers has little
/// left to do.
struct SpawnPlan: Sendable {
  let request: ProcessRequest
  private var arguments = StringVector()

  init(_ request: ProcessRequest) throws(SpawnFailure) {
    self.request = request
    for argument in request.arguments { arguments.append(argument) }
    let hasNULs = request.executable.utf8.contains(0) || request.workingDirectory?.utf8.contains(0) == true
    guard !request.arguments.isEmpty, !hasNULs, arguments.isValid, request.environment.isValid else {
      throw SpawnFailure(errno: EINVAL, stage: .request, request: request)
    }
  }

  /// Starts the child and returns its mark.
  func start(
    _ child: inout cprocess_child, from groundwork: borrowing SpawnGroundwork, maxTasks: UInt64
  ) throws(SpawnFailure) -> UInt64 {
    var plain = cprocess_request()
    plain.standard_input = groundwork.input.given.number
    plain.standard_output = groundwork.output.given.number
    plain.standard_error = groundwork.error.given.number
    plain.open_files = 256
    plain.file_size = 1 << 30
    plain.cpu_seconds = Self.processorSeconds(timeout: request.timeout)
    plain.processes = maxTasks
    plain.inheritance = groundwork.inheritance
    plain.mark = cprocess_mark(&plain.inheritance, .random(in: .min ... .max))
    let code = start(&plain, &child)
    guard code == 0 else {
      throw SpawnFailure(errno: code, stage: SpawnFailure.Stage(child.stage), request: request)
    }
    return plain.mark
  }

  /// The timeout and five seconds, rounded up.
  private static func processorSeconds(timeout: Duration) -> UInt64 {
    let (seconds, attoseconds) = min(max(timeout, .zero), .seconds(366 * 86_400)).components
    return UInt64(seconds) + 5 + (attoseconds > 0 ? 1 : 0)
  }

  /// Tries again for some milliseconds while a process of another thread, just being made, still has a copy of the
  /// descriptor the program was written through.
  private func start(_ plain: inout cprocess_request, _ child: inout cprocess_child) -> Int32 {
    request.executable.withCString { executable in
      arguments.withPointers { arguments in
        request.environment.entries.withPointers { environment in
          plain.path = executable
          plain.arguments = arguments
          plain.environment = environment
          return withWorkingDirectory(request.workingDirectory) { workingDirectory in
            plain.working_directory = workingDirectory
            var code = cprocess_start(&plain, &child)
            for _ in 0..<4 where code == ETXTBSY {
              usleep(1000)
              code = cprocess_start(&plain, &child)
            }
            return code
          }
        }
      }
    }
  }
}

private func withWorkingDirectory(_ path: String?, _ body: (UnsafePointer<CChar>?) -> Int32) -> Int32 {
  guard let path else { return body(nil) }
  return path.withCString { body($0) }
}

extension SpawnFailure.Stage {
  fileprivate init(_ stage: cprocess_stage) {
    switch stage {
    case CPROCESS_STAGE_CHDIR: self = .chdir
    case CPROCESS_STAGE_EXEC: self = .exec
    case CPROCESS_STAGE_SETUP: self = .setup
    default: self = .create
    }
  }
}
