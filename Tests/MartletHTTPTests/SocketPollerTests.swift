import CCurl
import Glibc
import Testing

@testable import MartletHTTP

struct SocketPollerTests {
  /// Two sockets that are connected with each other.
  private final class Pair {
    let ours: Int32
    let peer: Int32

    init() throws {
      var sockets: [Int32] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
      (ours, peer) = (sockets[0], sockets[1])
    }

    deinit {
      close(ours)
      close(peer)
    }

    func say() {
      var byte: UInt8 = 1
      #expect(write(peer, &byte, 1) == 1)
    }
  }

  @Test func aNewSocketIsHeldBackAndThenWaitedFor() throws {
    let poller = try #require(SocketPoller())
    let pair = try Pair()
    poller.holdBack()
    #expect(poller.watch(pair.ours, for: CURL_POLL_IN, isKnown: false, of: 3))
    #expect(poller.nextReady() == nil)
    pair.say()
    poller.wait(milliseconds: 0)
    #expect(poller.events.isEmpty)
    let ready = try #require(poller.nextReady())
    #expect((ready.multi, ready.socket, ready.possible) == (3, pair.ours, CURL_CSELECT_IN))
    #expect(poller.watchHeldBack())
    #expect(poller.nextReady() == nil)
    poller.wait(milliseconds: 0)
    #expect(poller.events.map(\.socket) == [pair.ours])
  }

  @Test func whatIsWantedOfASocketThatIsHeldBackMayChange() throws {
    let poller = try #require(SocketPoller())
    let pair = try Pair()
    poller.holdBack()
    #expect(poller.watch(pair.ours, for: CURL_POLL_IN, isKnown: false, of: 0))
    #expect(poller.watch(pair.ours, for: CURL_POLL_INOUT, isKnown: true, of: 0))
    #expect(poller.nextReady()?.possible == CURL_CSELECT_OUT)
    #expect(poller.watch(pair.ours, for: CURL_POLL_REMOVE, isKnown: true, of: 0))
    #expect(poller.nextReady() == nil)
    #expect(poller.removals == 0)
    pair.say()
    #expect(poller.watchHeldBack())
    poller.wait(milliseconds: 0)
    #expect(poller.events.isEmpty)
  }

  @Test func aSocketThatIsWaitedForIsNotHeldBack() throws {
    let poller = try #require(SocketPoller())
    let pair = try Pair()
    #expect(poller.watch(pair.ours, for: CURL_POLL_IN, isKnown: false, of: 0))
    poller.holdBack()
    #expect(poller.watch(pair.ours, for: CURL_POLL_OUT, isKnown: true, of: 0))
    #expect(poller.nextReady() == nil)
    poller.wait(milliseconds: 0)
    #expect(poller.events.map(\.possible) == [CURL_CSELECT_OUT])
    #expect(poller.watch(pair.ours, for: CURL_POLL_REMOVE, isKnown: true, of: 0))
    #expect(poller.removals == 1)
  }

  @Test func aPeerThatIsGoneIsSomethingToReadOrAnError() throws {
    let poller = try #require(SocketPoller())
    let pair = try Pair()
    poller.holdBack()
    #expect(poller.watch(pair.ours, for: CURL_POLL_IN, isKnown: false, of: 0))
    shutdown(pair.peer, Int32(SHUT_RDWR))
    #expect(poller.nextReady()?.possible == CURL_CSELECT_IN)
  }
}
