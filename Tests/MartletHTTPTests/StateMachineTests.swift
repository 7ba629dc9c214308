import Testing

@testable import MartletHTTP

struct ExchangeClockTests {
  private let second: UInt64 = 1_000_000_000

  private func clock() -> ExchangeClock {
    let timeouts = HTTPTimeouts(
      connect: .seconds(10), firstByte: .seconds(20), idle: .seconds(30), total: .seconds(1_000))
    return ExchangeClock(timeouts, startedAt: 0)
  }

  @Test func eachStageHasItsOwnTime() {
    var clock = clock()
    #expect(clock.expired(at: 10 * second - 1) == nil)
    #expect(clock.expired(at: 10 * second) == .connect)
    clock.connected(at: 5 * second)
    #expect(clock.expired(at: 25 * second - 1) == nil)
    #expect(clock.expired(at: 25 * second) == .firstByte)
    clock.headArrived()
    #expect(clock.expired(at: 999 * second) == nil)
    #expect(clock.expired(at: 1_000 * second) == .total)
  }

  @Test func onlyWaitingCountsAsIdleAndItAddsUp() {
    var clock = clock()
    clock.headArrived()
    clock.waitBegan(at: 100 * second)
    clock.waitEnded(at: 120 * second)
    #expect(clock.expired(at: 500 * second) == nil)
    clock.waitBegan(at: 500 * second)
    #expect(clock.expired(at: 510 * second - 1) == nil)
    #expect(clock.expired(at: 510 * second) == .idle)
    #expect(clock.nextLook(after: 505 * second) == 510 * second)
  }

  @Test func aMarkRestartsTheIdleTimeEvenInAWait() {
    var clock = clock()
    clock.headArrived()
    clock.waitBegan(at: 100 * second)
    clock.markProgress(at: 129 * second)
    #expect(clock.expired(at: 158 * second) == nil)
    #expect(clock.expired(at: 159 * second) == .idle)
  }

  @Test func aBodyOfWhichOnlyTheEndIsWaitedForGetsLessTime() {
    var clock = clock()
    clock.headArrived()
    clock.waitBegan(at: 100 * second)
    clock.limitIdle(to: .seconds(2), at: 110 * second)
    #expect(clock.nextLook(after: 110 * second) == 112 * second)
    #expect(clock.expired(at: 112 * second - 1) == nil)
    #expect(clock.expired(at: 112 * second) == .idle)
    clock.limitIdle(to: .seconds(60), at: 111 * second)
    #expect(clock.expired(at: 113 * second) == .idle)
  }

  @Test func theNextLookIsNeverLaterThanAnExpiry() {
    var clock = clock()
    clock.headArrived()
    clock.waitBegan(at: 0)
    clock.waitEnded(at: 29 * second)
    let look = clock.nextLook(after: 40 * second)
    #expect(look == 41 * second)
    clock.waitBegan(at: 40 * second)
    #expect(clock.expired(at: look) == .idle)
  }

  @Test func extremeDurationsDoNotOverflow() {
    let endless = Duration(secondsComponent: .max, attosecondsComponent: 0)
    let clock = ExchangeClock(
      HTTPTimeouts(connect: endless, firstByte: endless, idle: endless, total: endless), startedAt: .max - 1)
    #expect(clock.expired(at: .max - 1) == nil)
    let none = ExchangeClock(HTTPTimeouts(connect: .seconds(-5)), startedAt: 7)
    #expect(none.expired(at: 7) == .connect)
  }
}

struct ResponseHeadTests {
  private func take(_ lines: [String], maxBytes: Int = 1_000_000) -> (ResponseHead, ResponseHead.Line) {
    var head = ResponseHead(maxBytes: maxBytes)
    var last = ResponseHead.Line.field
    for line in lines {
      last = Array(line.utf8).withUnsafeBytes { head.take($0) }
      if case .refused = last { break }
    }
    return (head, last)
  }

  @Test func valuesAreTrimmedAndInOrder() {
    let (head, last) = take(["HTTP/1.1 200 OK\r\n", "A:  1 \t\r\n", "b:\r\n", "C: x:y\n", "\r\n"])
    #expect(last == .end)
    #expect(head.headers == [HTTPHeader("A", "1"), HTTPHeader("b", ""), HTTPHeader("C", "x:y")])
  }

  @Test func aSecondStatusLineForgetsTheFirstHead() {
    let (head, _) = take(["HTTP/1.1 103 Early Hints\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "A: 1\r\n"])
    #expect(head.headers == [HTTPHeader("A", "1")])
  }

  @Test(arguments: [" folded\r\n", "\tfolded\r\n", "no colon\r\n", ": no name\r\n", "A: \u{0}\r\n"])
  func f19AMalformedLineIsRefused(line: String) {
    guard case .refused(.other, _) = take(["HTTP/1.1 200 OK\r\n", "A: 1\r\n", line]).1 else {
      Issue.record("taken")
      return
    }
  }

  @Test func f19BytesAndLinesAreBounded() {
    let long = ["HTTP/1.1 200 OK\r\n", "A: 456789012\r\n"]
    guard case .refused(.tooLarge(limit: 30), _) = take(long, maxBytes: 30).1 else {
      Issue.record("taken")
      return
    }
    let many = ["HTTP/1.1 200 OK\r\n"] + Array(repeating: "a: b\r\n", count: 1_000)
    guard case .refused(.tooLarge(limit: 1_000), _) = take(many).1 else {
      Issue.record("taken")
      return
    }
  }
}

struct UploadTests {
  private func readAll(_ upload: inout Upload, by size: Int) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
      let count = buffer.withUnsafeMutableBytes { upload.read(into: $0) }
      if count == 0 { return all }
      all += buffer[..<count]
    }
  }

  @Test(arguments: [1, 2, 3, 5, 100])
  func segmentsAreReadInOrderAndAgainFromAnyPosition(size: Int) {
    var upload = Upload([[1, 2, 3], [], [4], [5, 6], []])
    #expect(upload.count == 6)
    #expect(readAll(&upload, by: size) == [1, 2, 3, 4, 5, 6])
    for position in 0...6 {
      let isDone = upload.seek(to: position)
      #expect(isDone)
      #expect(readAll(&upload, by: size) == Array([1, 2, 3, 4, 5, 6][position...]))
    }
    let outside = [upload.seek(to: 7), upload.seek(to: -1)]
    #expect(outside == [false, false])
  }

  @Test func aBodyThatWasLetGoOfIsNeitherReadNorBegunAgain() {
    var upload = Upload([[1, 2], [3]])
    upload.discard()
    #expect(upload.count == 3)
    #expect(readAll(&upload, by: 2).isEmpty)
    let isDone = upload.seek(to: 0)
    #expect(!isDone)
  }
}

struct AdmissionQueueTests {
  @Test func entriesLeaveInTheOrderTheyCame() {
    var queue = AdmissionQueue<Int>()
    var next = 0
    for number in 0..<5_000 {
      queue.append(number)
      if number % 3 == 0 {
        #expect(queue.popFirst() == next)
        next += 1
      }
    }
    while let number = queue.popFirst() {
      #expect(number == next)
      next += 1
    }
    #expect(next == 5_000)
  }
}
