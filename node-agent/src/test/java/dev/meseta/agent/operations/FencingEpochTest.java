package dev.meseta.agent.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class FencingEpochTest {

    @TempDir
    private Path directory;

    @Test
    void aLowerEpochIsRefusedAlsoAfterARestart() {
        Path file = directory.resolve("epoch");
        FencingEpoch fencing = FencingEpoch.open(file);
        fencing.admit(0);
        fencing.admit(5);
        fencing.admit(5);
        refuses(fencing, 4);
        FencingEpoch reopened = FencingEpoch.open(file);
        assertThat(reopened.highest()).isEqualTo(5);
        refuses(reopened, 4);
        reopened.admit(6);
        refuses(reopened, 5);
    }

    @Test
    void aHigherEpochIsAcceptedOnlyWhenWhatWasLetInBeforeIsDone() throws Exception {
        FencingEpoch fencing = FencingEpoch.open(directory.resolve("epoch"));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        Thread beginner = Thread.ofVirtual()
                .start(() -> fencing.under(5, () -> {
                    entered.countDown();
                    await(mayLeave);
                    return order.add("begun");
                }));
        await(entered);
        Thread successor = Thread.ofPlatform().start(() -> {
            fencing.admit(6);
            order.add("accepted");
        });
        while (successor.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        mayLeave.countDown();
        beginner.join();
        successor.join();
        assertThat(order).containsExactly("begun", "accepted");
        assertThatThrownBy(() -> fencing.under(5, () -> order.add("too late"))).isInstanceOf(AgentException.class);
        assertThat(order).doesNotContain("too late");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void refuses(FencingEpoch fencing, long epoch) {
        assertThatThrownBy(() -> fencing.admit(epoch))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(AgentErrorCode.FENCED));
    }
}
