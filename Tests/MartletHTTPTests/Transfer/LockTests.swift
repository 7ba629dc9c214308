import Dispatch
import Testing

@testable import MartletHTTP

@Suite struct LockTests {
  private final class Owner: Sendable {
    private let lock: Lock<Part?>

    init(_ part: Part) { lock = Lock(part) }

    func take() -> Part? { lock.withLock { $0.take() } }
  }

  private final class Part: Sendable {}

  private struct Refusal: Error {}

  @Test(arguments: [true, false]) func theValueEndsWithItsOwner(isTaken: Bool) {
    weak var known: Part?
    do {
      let part = Part()
      known = part
      let owner = Owner(part)
      if isTaken { #expect(owner.take() === part) }
      withExtendedLifetime(owner) {}
    }
    #expect(known == nil)
  }

  @Test func valuesOfAnySizeAndAlignmentStayWhole() {
    let bytes = Lock(UInt8(7))
    let vector = Lock(SIMD64<Float>(repeating: 1.5))
    let nothing = Lock(())
    let texts = Lock(["a", "b"])
    for _ in 0..<3 {
      bytes.withLock { $0 += 1 }
      vector.withLock { $0 *= 2 }
      nothing.withLock { $0 = () }
      texts.withLock { $0.append("c") }
    }
    #expect(bytes.withLock { $0 } == 10)
    #expect(vector.withLock { $0 } == SIMD64<Float>(repeating: 12))
    #expect(texts.withLock { $0 } == ["a", "b", "c", "c", "c"])
    let place = vector.withLock { value in withUnsafePointer(to: &value) { Int(bitPattern: $0) } }
    #expect(place % MemoryLayout<SIMD64<Float>>.alignment == 0)
  }

  @Test func anErrorLeavesTheLockFree() {
    let lock = Lock(1)
    #expect(throws: Refusal.self) {
      try lock.withLock { value throws(Refusal) in
        value = 2
        throw Refusal()
      }
    }
    #expect(lock.withLockIfFree { $0 } == 2)
  }

  @Test func whatIsTakenIsNotWaitedFor() async {
    let owner = Taken()
    let (isTaken, mayEnd, hasEnded) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchGroup())
    DispatchQueue(label: "lock").async(group: hasEnded) {
      owner.lock.withLock { value in
        isTaken.signal()
        mayEnd.wait()
        value = 5
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "wait").async {
        isTaken.wait()
        continuation.resume()
      }
    }
    #expect(owner.lock.withLockIfFree { $0 } == nil)
    mayEnd.signal()
    await withCheckedContinuation { continuation in
      hasEnded.notify(queue: .global()) { continuation.resume() }
    }
    #expect(owner.lock.withLockIfFree { $0 } == 5)
  }

  private final class Taken: Sendable {
    let lock = Lock(0)
  }
}
