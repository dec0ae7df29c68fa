import Formats
import Testing

@testable import Service

struct JobSettingsTests {
    @Test func whatIsLeftOutIsAsTheContractSays() throws {
        let settings = try JobSettings([:])
        #expect(settings.epochs == 1 && settings.batchSize == 32 && settings.shuffles)
        #expect(settings.nanGuard == .stop && settings.onRestart == .fail && settings.checkpointEvery == nil)
        #expect(!settings.hasValidation && settings.earlyStopping == nil && settings.seed == nil)
    }

    @Test func everythingIsTaken() throws {
        let settings = try JobSettings([
            "epochs": 3, "batch_size": 8, "shuffle": false, "seed": 7, "validation_split": 0.25,
            "early_stopping": ["monitor": "val_mae", "patience": 2, "mode": "max", "restore_best_weights": true],
            "checkpoint_every": 10, "nan_guard": "roll_back", "on_restart": "resume",
        ])
        #expect(settings.epochs == 3 && settings.batchSize == 8 && !settings.shuffles && settings.seed == 7)
        #expect(settings.validationSplit == 0.25 && settings.checkpointEvery == 10)
        #expect(settings.nanGuard == .rollBack && settings.onRestart == .resume)
        #expect(settings.earlyStopping?.monitor == "val_mae" && settings.earlyStopping?.restoresBest == true)
        #expect(settings.earlyStopping?.rule.goal == .maximum && settings.earlyStopping?.rule.patience == 2)
    }

    @Test func aNumberAloneIsThePatience() throws {
        let stopping = try #require(try JobSettings(["early_stopping": 3]).earlyStopping)
        #expect(stopping.rule.patience == 3 && stopping.monitor == "loss")
        let validated = try JobSettings(["early_stopping": 3, "validation_split": 0.5]).earlyStopping
        #expect(validated?.monitor == "val_loss")
    }

    @Test(
        arguments: [
            (["epoch": 1], "a job has no 'epoch'"), (["epochs": 0], "epochs must be a whole number from 1"),
            (["epochs": 1.5], "epochs must be"), (["batch_size": "8"], "batch_size must be"),
            (["shuffle": 1], "shuffle must be true or false, but it is 1"),
            (["validation_split": 1], "validation_split must be at least 0 and below 1"),
            (["validation_split": 0.1, "validation_data": ["dataset": "d"]], "not both"),
            (["nan_guard": "no"], "nan_guard must be one of stop, roll_back, off, but it is \"no\""),
            (["on_restart": true], "on_restart must be one of fail, resume"),
            (["early_stopping": "x"], "early_stopping must be a patience or an object"),
            (["early_stopping": ["patient": 1]], "early_stopping has no 'patient'"),
            (["early_stopping": ["mode": "best"]], "early_stopping.mode must be one of auto, min, max"),
            (["seed": -1], "seed must be"), ([], "a job must be an object"),
        ] as [(JSONValue, String)])
    func mistakesAreNamed(json: JSONValue, message: String) {
        #expect {
            try JobSettings(json)
        } throws: { error in
            "\(error)".contains(message)
        }
    }
}
