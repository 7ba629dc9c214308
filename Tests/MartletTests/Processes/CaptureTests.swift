import Glibc
import Testing

@testable import Martlet

/// Input, outputs and statuses.
@Suite(.hangGuard) struct CaptureTests {
  private let supervisor = impatientSupervisor()

  @Test func bytesOfEveryValueGoThrough() async {
    let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let result = await supervisor.run(shell("exec cat", input: bytes, maxOutput: 2_000_000))
    #expect(result.ending == .exited(status: 0))
    #expect(result.output.head + result.output.tail == bytes)
    #expect(result.output.omittedBytes == 0)
  }

  @Test func emptyInputEndsAtOnce() async {
    #expect(await supervisor.run(shell("cat; echo done")).text == "done\n")
  }

  @Test func f42ChildThatReadsNothingOfTenMegabytesIsFine() async {
    let input = [UInt8](repeating: 0x20, count: 10 << 20)
    let result = await supervisor.run(shell("echo ok", input: input))
    #expect(result.ending == .exited(status: 0))
    #expect(result.text == "ok\n")
  }

  @Test func f42ChildThatClosesItsInputMayGoOn() async {
    let input = [UInt8](repeating: 0x20, count: 10 << 20)
    let result = await supervisor.run(shell("head -c 5 >/dev/null; exec 0<&-; seq 3", input: input))
    #expect(result.ending == .exited(status: 0))
    #expect(result.text == "1\n2\n3\n")
  }

  @Test func f48OutputIsCutInTheMiddle() async {
    let whole = Array((1...100_000).map { "\($0)\n" }.joined().utf8)
    let result = await supervisor.run(shell("exec seq 100000", maxOutput: 1001))
    #expect(result.ending == .exited(status: 0))
    #expect(result.output.head == Array(whole.prefix(500)))
    #expect(result.output.tail == Array(whole.suffix(501)))
    #expect(result.output.totalBytes == whole.count)
    #expect(result.output.omittedBytes == whole.count - 1001)
  }

  @Test func f48BothOutputsAreReadAtOnce() async {
    let script = "i=0; while [ $i -lt 20 ]; do head -c 65537 /dev/zero; head -c 65537 /dev/zero >&2; i=$((i+1)); done"
    let result = await supervisor.run(shell(script))
    #expect(result.ending == .exited(status: 0))
    #expect(result.output.totalBytes == 20 * 65537)
    #expect(result.errorTail == [UInt8](repeating: 0, count: 2048))
  }

  @Test func f48FloodOfOutputIsStopped() async {
    let result = await supervisor.run(shell("exec yes", maxOutput: 4096))
    #expect(result.ending == .outputLimit(.standardOutput, bytes: 8 << 20))
    #expect(result.output.head.count == 2048)
    #expect(result.output.tail.count == 2048)
    #expect(result.output.totalBytes > 8 << 20)
    #expect(result.output.totalBytes <= 8 << 20 + 65536)
  }

  @Test func f48FloodOfErrorsWithSilentOutputIsStopped() async {
    let result = await supervisor.run(shell("trap '' TERM PIPE; while :; do yes >&2; done"))
    #expect(result.ending == .outputLimit(.standardError, bytes: 8 << 20))
    #expect(result.output.totalBytes == 0)
    #expect(result.errorTail.count == 2048)
  }

  @Test(arguments: [0, 1, 2, 127, 255] as [Int32])
  func f50ExitStatusIsReported(status: Int32) async {
    #expect(await supervisor.run(shell("exit \(status)")).ending == .exited(status: status))
  }

  @Test(arguments: [SIGSEGV, SIGKILL, SIGTERM, SIGXCPU])
  func f50SignalIsReportedWithWhatWasWrittenBefore(signal: Int32) async {
    let result = await supervisor.run(shell("echo out; echo err >&2; kill -\(signal) $$"))
    #expect(result.ending == .signaled(signal))
    #expect(result.text == "out\n")
    #expect(result.errorText == "err\n")
  }

  @Test func f50LastTwoKibibytesOfErrorsAreKept() async {
    let result = await supervisor.run(shell("seq 5000 >&2; exit 3"))
    #expect(result.ending == .exited(status: 3))
    #expect(result.errorText == String((1...5000).map { "\($0)\n" }.joined().suffix(2048)))
  }

  @Test(arguments: [0, 1, 2, 7, 64], [1, 3, 16, 100])
  func collectorKeepsHeadAndTailHoweverTheBytesArrive(limit: Int, step: Int) {
    let bytes = (0..<150).map { UInt8($0) }
    for length in 0...bytes.count {
      var collector = OutputCollector(limit: limit)
      var tail = OutputCollector(tailLimit: limit)
      let input = bytes.prefix(length)
      for start in stride(from: 0, to: length, by: step) {
        input[start..<min(start + step, length)].withUnsafeBytes {
          collector.append($0)
          tail.append($0)
        }
      }
      let head = Array(input.prefix(limit / 2))
      let rest = Array(input.dropFirst(limit / 2).suffix(limit - limit / 2))
      #expect(collector.captured == CapturedOutput(head: head, tail: rest, totalBytes: length))
      #expect(tail.captured == CapturedOutput(tail: Array(input.suffix(limit)), totalBytes: length))
    }
  }

  @Test func negativeLimitKeepsNothing() {
    var collector = OutputCollector(limit: -5)
    [UInt8](repeating: 1, count: 9).withUnsafeBytes { collector.append($0) }
    #expect(collector.captured == CapturedOutput(totalBytes: 9))
    #expect(collector.captured.omittedBytes == 9)
  }
}
