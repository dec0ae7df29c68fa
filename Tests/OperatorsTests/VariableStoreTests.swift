import Dispatch
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Operators

struct VariableStoreTests {
    @Test func publishesAllValuesOfAStepTogether() throws {
        let store = VariableStore()
        let variables = try (0..<8).map { Variable(name: "v\($0)", initialValue: try Tensor.zeros([64]), in: store) }
        let trainer = try Plan(tracing: [TensorSpec([])], in: store) { inputs in
            for variable in variables { try variable.assign(try broadcast(inputs[0], like: variable.value)) }
            return []
        }
        let reader = try Plan(tracing: [], in: store) { _ in [try concatenate(variables.map { try $0.value })] }
        let isDone = Atomic(false)
        let mixed = Atomic(0)
        let reads = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            if worker == 0 {
                for step in 1...2000 { _ = try? trainer.update([Tensor(Float(step))], steps: 1) }
                isDone.store(true, ordering: .releasing)
            } else {
                repeat {
                    let lease = store.lease()
                    guard let values = try? reader.run([], on: lease)[0].values else { continue }
                    if values.contains(where: { $0 != Float(lease.step) }) { mixed.add(1, ordering: .relaxed) }
                    reads.add(1, ordering: .relaxed)
                } while !isDone.load(ordering: .acquiring)
            }
        }
        #expect(mixed.load(ordering: .relaxed) == 0)
        #expect(reads.load(ordering: .relaxed) > 0)
        #expect(store.step == 2000)
    }

    @Test func aVersionRisesWithEveryPublicationAndOnlyThen() throws {
        let store = VariableStore()
        let variable = Variable(name: "v", initialValue: Tensor(1), in: store)
        #expect(store.version == 1)
        try variable.assign(Tensor(2))
        #expect(store.version == 2)
        #expect(store.step == 0)
    }

    @Test func aFailedUpdateChangesNothing() throws {
        let store = VariableStore()
        let variable = Variable(name: "v", initialValue: Tensor(1), in: store)
        #expect(throws: TensorError.tape("no")) {
            try store.update([variable.slot]) { (_, _) throws(TensorError) in throw .tape("no") }
        }
        #expect(store.version == 1)
        #expect(try variable.value.values == [1])
    }

    @Test func aDeadVariablesSlotIsUsedAgain() throws {
        let store = VariableStore()
        var first: Variable? = Variable(name: "a", initialValue: Tensor(1), in: store)
        let slot = first?.slot
        first = nil
        let second = Variable(name: "b", initialValue: Tensor(2), in: store)
        #expect(second.slot == slot)
        #expect(try second.value.values == [2])
    }

    @Test func refusesValuesOfAnotherShapeOrDType() throws {
        let variable = Variable(name: "v", initialValue: sample([2, 3]))
        #expect(throws: TensorError.self) { try variable.assign(sample([3, 2])) }
        #expect(throws: TensorError.self) { try variable.assign(widened(sample([2, 3]))) }
    }
}
