import Glibc
import MartletTesting
import Testing

@testable import MartletHTTP

@Suite(.timeLimit(.minutes(10)))
struct TaskThreadTests {
  /// A thread that runs tasks for as long as the tests last, and its identifier.
  private static let (thread, id): (TaskThread, UInt) = {
    let thread = TaskThread()
    var id = pthread_t()
    pthread_create(
      &id, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TaskThread>.fromOpaque(context).takeRetainedValue().run()
      }, Unmanaged.passRetained(thread).toOpaque())
    return (thread, UInt(id))
  }()

  private static var current: UInt { UInt(pthread_self()) }

  private actor Count {
    var threads: Set<UInt> = []

    func add() { threads.insert(current) }
  }

  @Test func tasksTheirChildrenAndTheirActorsRunOnTheThread() async {
    let count = Count()
    let work = Task(executorPreference: Self.thread) {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          group.addTask {
            await Task.yield()
            await count.add()
          }
        }
      }
      return Self.current
    }
    #expect(await work.value == Self.id)
    #expect(await count.threads == [Self.id])
  }

  @Test func jobsRunInTheOrderInWhichTheyCame() async {
    let order = SharedLock<[Int]>([])
    let tasks = (0..<200).map { number in
      Task(executorPreference: Self.thread) { order.withLock { $0.append(number) } }
    }
    for task in tasks { await task.value }
    #expect(order.withLock { $0 } == Array(0..<200))
  }

  @Test func whatAClientsThreadDoesNotCarryOnIsLeftToIt() async throws {
    let server = try LoopbackServer { request in
      ScriptedResponse.raw([.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")])
    }
    let client = HTTPClient(thread: Self.thread)
    let strangers = try await Task(executorPreference: client.executor) {
      var strangers = [Self.current != Self.id]
      for _ in 0..<20 {
        _ = try await client.text(server.request())
        strangers.append(Self.current != Self.id && threadName() != "martlet-http")
        await Task.yield()
        strangers.append(Self.current != Self.id && threadName() != "martlet-http")
      }
      return strangers
    }.value
    #expect(!strangers.contains(true))
  }

  @Test func noJobOfManyRunsIsLost() async throws {
    let server = try LoopbackServer { request in
      ScriptedResponse.raw([.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")])
    }
    let client = HTTPClient(thread: Self.thread)
    let tasks = (0..<16).map { _ in
      Task(executorPreference: client.executor) {
        for _ in 0..<10 { _ = try await client.text(server.request()) }
      }
    }
    for task in tasks { try await task.value }
    #expect(server.requests.count == 160)
  }
}
