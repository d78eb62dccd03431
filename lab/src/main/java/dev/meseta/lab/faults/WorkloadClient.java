package dev.meseta.lab.faults;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.faults.Evidence.Request;
import dev.meseta.lab.faults.WorkloadPlan.Turn;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One client: looks at a VM, asks for something, asks again under the same key until there is an answer, and waits for the
 * task for as long as a person would.
 */
final class WorkloadClient {

    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(4);
    private static final Duration TASK_PATIENCE = Duration.ofSeconds(25);
    private static final int WAIT_SECONDS = 5;
    private static final long FIRST_RETRY_MS = 100;
    private static final long LONGEST_RETRY_MS = 2_000;
    private static final String KEY_HEADER = "Idempotency-Key";
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final int number;
    private final List<MesetaClient> managers;
    private final Slots slots;
    private final Template template;
    private final History history;
    private final ConcurrentLinkedQueue<Request> requests;
    private final CountDownLatch over;
    private final AtomicInteger left;
    private final SplittableRandom random;
    private int preferred;

    /**
     * What new VMs are made of.
     *
     * @param imageId the image
     * @param memoryMiB of each
     */
    record Template(String imageId, int memoryMiB) {}

    /**
     * What clients share.
     *
     * @param requests where each writes what became of its requests
     * @param over opened when no new request may be made
     * @param left how many requests may still be made
     */
    record Shared(
            Slots slots,
            Template template,
            History history,
            ConcurrentLinkedQueue<Request> requests,
            CountDownLatch over,
            AtomicInteger left) {}

    WorkloadClient(int number, List<MesetaClient> managers, Shared shared, long seed) {
        this.number = number;
        this.managers = managers;
        this.slots = shared.slots();
        this.template = shared.template();
        this.history = shared.history();
        this.requests = shared.requests();
        this.over = shared.over();
        this.left = shared.left();
        this.random = new SplittableRandom(seed ^ number);
        this.preferred = number % managers.size();
    }

    void work(List<Turn> turns) throws InterruptedException {
        for (Turn turn : turns) {
            if (over.await(turn.pauseMs(), TimeUnit.MILLISECONDS) || left.getAndDecrement() <= 0) {
                return;
            }
            take(turn);
        }
    }

    private void take(Turn turn) throws InterruptedException {
        Slots.Slot slot = slots.get(turn.slot());
        Verb verb = Verb.choose(look(slot), turn.choice());
        String name = slot.name();
        Optional<UUID> vmId = verb == Verb.CREATE ? Optional.empty() : slot.vmId();
        if (verb != Verb.CREATE && vmId.isEmpty()) {
            return;
        }
        String key = keyOf(random);
        history.add("asked", Map.of("client", number, "key", key, "verb", verb, "vm", name));
        Request request = ask(key, verb, name, vmId);
        requests.add(request);
        Map<String, Object> answer = new HashMap<>(Map.of("client", number, "key", key, "status", request.status()));
        if (!request.code().isEmpty()) {
            answer.put("code", request.code());
        }
        request.taskId().ifPresent(id -> answer.put("task", id));
        history.add("answered", answer);
        if (request.accepted()) {
            follow(request, slot);
        }
    }

    private static String keyOf(SplittableRandom random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** A VM that cannot be asked for is taken for one that is not there. */
    private Verb.Seen look(Slots.Slot slot) throws InterruptedException {
        Optional<UUID> vmId = slot.vmId();
        if (vmId.isEmpty()) {
            return Verb.Seen.ABSENT;
        }
        Optional<MesetaClient.Answer> answer = send("GET", "/vms/" + vmId.get(), null, Map.of());
        if (answer.isEmpty() || answer.get().status() == 404) {
            slot.gone(vmId.get());
            return Verb.Seen.ABSENT;
        }
        boolean down = answer.get().status() == 200
                && answer.get().json().path("status").stringValue("").equals("DOWN");
        return down ? Verb.Seen.DOWN : Verb.Seen.RUNNING;
    }

    private Request ask(String key, Verb verb, String name, Optional<UUID> vmId) throws InterruptedException {
        String method = verb == Verb.DELETE ? "DELETE" : "POST";
        String path = vmId.map(id -> "/vms/" + id + (verb.path().isEmpty() ? "" : "/" + verb.path()))
                .orElse("/vms");
        Optional<MesetaClient.Answer> answer =
                send(method, path, body(verb, name), Map.of(KEY_HEADER, key, "X-Correlation-Id", key));
        if (answer.isEmpty()) {
            return new Request(key, number, verb, name, vmId, 0, "", Optional.empty());
        }
        int status = answer.get().status();
        if (status == 202) {
            JsonNode task = answer.get().json();
            UUID target = UUID.fromString(task.required("target").required("id").stringValue());
            return new Request(
                    key,
                    number,
                    verb,
                    name,
                    Optional.of(target),
                    status,
                    "",
                    Optional.of(UUID.fromString(task.required("id").stringValue())));
        }
        return new Request(key, number, verb, name, vmId, status, codeOf(answer.get()), Optional.empty());
    }

    private @org.jspecify.annotations.Nullable Object body(Verb verb, String name) {
        return switch (verb) {
            case CREATE ->
                Map.of("name", name, "imageId", template.imageId(), "vcpus", 1, "memoryMiB", template.memoryMiB());
            case FORCED_STOP, FORCED_REBOOT -> Map.of("mode", "FORCED");
            case STOP, REBOOT -> Map.of("mode", "GRACEFUL");
            case START, MIGRATE -> Map.of();
            case DELETE -> null;
        };
    }

    /** Sends until there is an answer that does not invite to try again; empty when that takes too long. */
    private Optional<MesetaClient.Answer> send(
            String method, String path, @org.jspecify.annotations.Nullable Object body, Map<String, String> headers)
            throws InterruptedException {
        long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
        long pause = FIRST_RETRY_MS;
        while (System.nanoTime() < deadline) {
            try {
                MesetaClient.Answer answer = managers.get(preferred).send(method, path, body, headers);
                if (!invitesToTryAgain(answer)) {
                    return Optional.of(answer);
                }
                tried(headers, answer.status() + " " + codeOf(answer));
            } catch (UncheckedIOException away) {
                preferred = (preferred + 1) % managers.size();
                tried(headers, String.valueOf(away.getMessage()));
            }
            TimeUnit.MILLISECONDS.sleep(random.nextLong(pause / 2, pause + 1));
            pause = Math.min(pause * 2, LONGEST_RETRY_MS);
        }
        return Optional.empty();
    }

    private void tried(Map<String, String> headers, String why) {
        if (headers.containsKey(KEY_HEADER)) {
            history.add("tried", Map.of("client", number, "key", headers.get(KEY_HEADER), "why", why));
        }
    }

    private static boolean invitesToTryAgain(MesetaClient.Answer answer) {
        String code = codeOf(answer);
        // A VM whose host is away may be so for long: that is a refusal.
        boolean refused = code.equals("HOST_UNREACHABLE");
        return (answer.status() >= SERVER_ERROR && !refused)
                || answer.status() == TOO_MANY
                || code.equals("REQUEST_IN_PROGRESS");
    }

    private static String codeOf(MesetaClient.Answer answer) {
        try {
            return answer.status() < 400 ? "" : answer.json().path("code").stringValue("");
        } catch (JacksonException noProblem) {
            return "";
        }
    }

    private void follow(Request request, Slots.Slot slot) throws InterruptedException {
        UUID taskId = request.taskId().orElseThrow();
        UUID vmId = request.vmId().orElseThrow();
        if (request.verb() == Verb.CREATE) {
            slot.made(vmId);
        }
        long deadline = System.nanoTime() + TASK_PATIENCE.toNanos();
        while (System.nanoTime() < deadline && over.getCount() > 0) {
            Optional<MesetaClient.Answer> answer =
                    send("GET", "/tasks/%s?waitSeconds=%d".formatted(taskId, WAIT_SECONDS), null, Map.of());
            if (answer.isEmpty() || answer.get().status() != 200) {
                return;
            }
            String state = answer.get().json().required("state").stringValue();
            if (!state.equals("PENDING") && !state.equals("RUNNING")) {
                String code = answer.get().json().path("error").path("code").stringValue("");
                history.add("ended", Map.of("client", number, "task", taskId, "state", state, "code", code));
                boolean succeeded = state.equals("SUCCEEDED");
                boolean gone = succeeded ? request.verb() == Verb.DELETE : request.verb() == Verb.CREATE;
                if (gone) {
                    slot.gone(vmId);
                }
                return;
            }
        }
    }
}
