#if !TIMING
  private let target = Target.chosen

  /// libFuzzer's way in: its main function calls this for every input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
#endif
