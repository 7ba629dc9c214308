internal import CProcess

/// What every start needs, whatever it starts: made while the caller still puts the request together.
struct SpawnGroundwork {
  /// A pipe of which we keep one end and give the other to a child.
  struct Pipe {
    let kept: FileDescriptor
    let given: FileDescriptor

    fileprivate init(keeping end: cprocess_end) throws(Failure) {
      var reader: Int32 = -1
      var writer: Int32 = -1
      let code = cprocess_pipe(&reader, &writer, end)
      guard code == 0 else { throw Failure(errno: code) }
      kept = FileDescriptor(end == CPROCESS_READER ? reader : writer)
      given = FileDescriptor(end == CPROCESS_READER ? writer : reader)
    }
  }

  struct Failure: Error {
    let errno: Int32
  }

  let input: Pipe
  let output: Pipe
  let error: Pipe
  let inheritance: cprocess_inheritance

  /// Whether SIGCHLD is at its default.
  var childSignalIsDefault: Bool { inheritance.child_signal_is_default != 0 }

  init() throws(Failure) {
    input = try Pipe(keeping: CPROCESS_WRITER)
    output = try Pipe(keeping: CPROCESS_READER)
    error = try Pipe(keeping: CPROCESS_READER)
    var inheritance = cprocess_inheritance()
    cprocess_inspect(&inheritance)
    self.inheritance = inheritance
  }
}
