package dev.meseta.lab.stack;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetProcess;
import dev.meseta.lab.fleet.SimulatedHosts;
import dev.meseta.lab.guest.GuestImage;
import dev.meseta.lab.host.AgentProgram;
import dev.meseta.lab.host.Lab;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A data center on this machine: managers on one database, lab hosts with their agents, and the guest image ready for use. */
public final class Stack implements AutoCloseable {

    /** Name of the guest image in the inventory. */
    public static final String GUEST_IMAGE = "meseta-guest";

    /** The ports of more would be those of another data center. */
    public static final int MOST_MANAGERS = Managers.MOST;

    private static final int FIRST_FLEET_NETWORK = 100;
    private static final long FLEET_SEED = 1;
    private static final Duration HOST_LIMIT = Duration.ofMinutes(2);
    private static final Duration IMAGE_LIMIT = Duration.ofMinutes(5);
    private static final Path BUILD_CACHE = Path.of(".meseta", "cache");

    private final Path repository;
    private final StateFolder state;
    private final boolean boundToThisProcess;
    private final Managers managers;
    private final EmbeddedDatabase postgres;
    private final SimulatedHosts simulated;
    private final Keycloak keycloak;
    private Optional<Lab> lab;
    private Optional<Installation> installed = Optional.empty();

    private Stack(Path repository, Path state, boolean boundToThisProcess) {
        this.repository = repository.toAbsolutePath().normalize();
        this.state = new StateFolder(state);
        this.boundToThisProcess = boundToThisProcess;
        this.managers = new Managers(this.state, boundToThisProcess);
        this.postgres = new EmbeddedDatabase(this.state);
        this.simulated = new SimulatedHosts(new FleetProcess(this.state.fleet()));
        this.keycloak = new Keycloak(this.repository, this.state, boundToThisProcess);
        this.lab = Lab.existing(this.state.lab());
    }

    /** The data center of a state folder; it goes on when this process ends. */
    public static Stack lasting(Path repository, Path state) {
        return new Stack(repository, state, false);
    }

    /**
     * A data center for a test: {@link #close} stops all of it.
     *
     * @param repository root of the source tree, where everything has been built
     * @param state an empty folder
     */
    public static Stack forThisProcess(Path repository, Path state) {
        return new Stack(repository, state, true);
    }

    /** With settings of its managers by their names as environment variables, for instance {@code MESETA_IDENTITY_MFA}. */
    public Stack managersWith(Map<String, String> settings) {
        managers.setMore(settings);
        return this;
    }

    /**
     * What a data center is to have.
     *
     * @param hosts real ones; never fewer than there are
     * @param simulatedHosts beside the real ones or instead of them; 0: those there were before, if any
     * @param managers 0: so many as there were before, or one
     * @param databaseUrl JDBC URL of a PostgreSQL; empty: the embedded one
     * @param collector where traces go; empty: where they went before, at first nowhere
     * @param keycloak with an identity provider beside it; false: if there was one before
     */
    public record Wanted(
            int hosts,
            int simulatedHosts,
            int managers,
            Optional<String> databaseUrl,
            Optional<Collector> collector,
            boolean keycloak) {

        public Wanted {
            if (managers < 0 || managers > Managers.MOST) {
                throw new IllegalArgumentException(
                        "a data center has 1 to %d managers, not %d".formatted(Managers.MOST, managers));
            }
        }

        /** With traces and an identity provider as before. */
        public Wanted(int hosts, int simulatedHosts, int managers, Optional<String> databaseUrl) {
            this(hosts, simulatedHosts, managers, databaseUrl, Optional.empty());
        }

        /** With an identity provider if there was one before. */
        public Wanted(
                int hosts,
                int simulatedHosts,
                int managers,
                Optional<String> databaseUrl,
                Optional<Collector> collector) {
            this(hosts, simulatedHosts, managers, databaseUrl, collector, false);
        }

        /** With a Keycloak beside it. */
        public Wanted withKeycloak() {
            return new Wanted(hosts, simulatedHosts, managers, databaseUrl, collector, true);
        }
    }

    /** As below, with one manager and real hosts alone. */
    public void up(int hosts, Optional<String> databaseUrl, Progress progress) {
        up(hosts, 0, databaseUrl, progress);
    }

    /** As below, with so many managers as there were before. */
    public void up(int hosts, int simulatedHosts, Optional<String> databaseUrl, Progress progress) {
        up(new Wanted(hosts, simulatedHosts, 0, databaseUrl), progress);
    }

    /**
     * Starts what does not run, until the managers answer, every host is UP and the guest image is there. Running it again
     * is harmless.
     */
    public void up(Wanted wanted, Progress progress) {
        Installation programs =
                StartupCache.addedTo(Installation.of(repository, cache().resolve("programs")), progress);
        installed = Optional.of(programs);
        Lab running = boundToThisProcess ? Lab.forThisProcess(state.lab()) : Lab.lasting(state.lab());
        lab = Optional.of(running);
        wanted.collector().ifPresent(collector -> collector.remember(state.collector()));
        if (wanted.keycloak()) {
            keycloak.want();
        }
        progress.step("network and %d hosts"
                .formatted(Math.max(wanted.hosts(), running.hosts().size())));
        running.startHosts(wanted.hosts());
        int count = wanted.managers() > 0 ? wanted.managers() : managers().size();
        progress.step(count == 1 ? "manager" : count + " managers");
        if (wanted.databaseUrl().isEmpty() && managers().stream().anyMatch(ManagerProcess::isAlive)) {
            // A manager that starts would see to it, but one that runs waits for it.
            postgres.start();
        }
        managers.start(
                count, programs, running, wanted.databaseUrl(), collector().here(), keycloak.managerSettings());
        // While the manager starts.
        running.startLibvirtd();
        progress.step("guest image");
        Path image = running.hosts().isEmpty() ? blankImage() : new GuestImage(cache()).build();
        managers.awaitReady();
        managers().forEach(manager -> progress.step(manager.name() + " answers at " + manager.url()));
        try (MesetaClient client = client()) {
            for (LabHost host : running.hosts()) {
                join(client, host, hostAgent(running));
            }
            for (LabHost host : running.hosts()) {
                awaitUp(client, host);
                progress.step(host.name() + " is UP");
            }
            int fleet = Math.max(wanted.simulatedHosts(), simulated.process().hosts());
            if (fleet > 0) {
                progress.step(fleet + " simulated hosts");
                simulated.up(programs.agent(), fleetOf(fleet, running), client);
                progress.step(fleet + " simulated hosts are UP");
            }
            importImage(client, image, progress);
            if (keycloak.isWanted()) {
                progress.step("Keycloak (the first time it takes minutes)");
                keycloak.start(managers().stream().map(ManagerProcess::url).toList(), Path.of(accessValue("caFile")));
                keycloak.introduce(client);
                managers.publishAccess();
                progress.step("Keycloak answers at " + keycloak.url());
            }
        }
        programs.removeOthers();
    }

    /** Stops everything that {@link #up} started, and nothing else; what it has on disk stays. */
    public void down() {
        stopPrograms();
        lab.ifPresent(Lab::stop);
    }

    /** Stops managers, database and simulated hosts, and leaves the lab alone: its number may be another's by now. */
    public void stopPrograms() {
        simulated.process().stop();
        managers.stop();
        keycloak.stop();
        postgres.stop();
    }

    @Override
    public void close() {
        if (boundToThisProcess) {
            down();
        }
    }

    public StateFolder state() {
        return state;
    }

    /** The first manager. */
    public ManagerProcess manager() {
        return managers().getFirst();
    }

    /** All managers, the first one first. */
    public List<ManagerProcess> managers() {
        return managers.all();
    }

    /** The embedded PostgreSQL, which does nothing where another one is used. */
    public EmbeddedDatabase postgres() {
        return postgres;
    }

    /** The identity provider, if one is wanted. */
    public Keycloak keycloak() {
        return keycloak;
    }

    /** The simulated hosts, if there are any. */
    public FleetProcess fleet() {
        return simulated.process();
    }

    /** The lab, when there is one. */
    public Optional<Lab> existingLab() {
        return lab;
    }

    /** @throws IllegalStateException before {@link #up} */
    public Lab lab() {
        return lab.orElseThrow(() -> new IllegalStateException("there are no hosts; start them with ./meseta up"));
    }

    /** A client with the administrator's token. */
    public MesetaClient client() {
        return MesetaClient.fromAccessFile(state.access());
    }

    /** Starts the first manager again that was killed, as it was started before, and waits until it answers. */
    public void restartManager() {
        manager().start();
        manager().awaitReady();
    }

    /** Starts a host's agent again that was killed. */
    public void startAgent(LabHost host) {
        host.startAgent(hostAgent(lab()));
    }

    private AgentProgram hostAgent(Lab running) {
        return installed().agent().tracedTo(collector().fromHosts(running));
    }

    private Collector collector() {
        return Collector.last(state.collector());
    }

    private Installation installed() {
        return installed.orElseThrow(() -> new IllegalStateException("nothing was started from here"));
    }

    /** Address of the page and the REST API. */
    public String url() {
        return accessValue("url");
    }

    /** A value of the access file, for instance {@code passwordFile}. */
    public String accessValue(String name) {
        try {
            return JsonMapper.shared()
                    .readTree(Files.readString(state.access()))
                    .required(name)
                    .stringValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void join(MesetaClient client, LabHost host, AgentProgram agent) {
        if (!host.agentHasJoined() && hostNamed(client, host.name()).isEmpty()) {
            JsonNode invitation = client.send(
                            "POST",
                            "/hosts/enrolment-tokens",
                            Map.of("hostName", host.name()),
                            Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                    .expect(201);
            host.joinAgent(
                    agent,
                    managers.agentAddresses(lab()).stream()
                            .map(address -> URI.create("https://" + address))
                            .toList(),
                    invitation.required("token").stringValue(),
                    invitation.required("caFingerprint").stringValue());
        }
        if (!host.agentRunsFrom(agent)) {
            host.stopAgent();
        }
        host.startAgent(agent);
    }

    private static void awaitUp(MesetaClient client, LabHost host) {
        Await.until(host.name() + " to be UP (see " + host.log("agent") + ")", HOST_LIMIT, () -> {
            if (host.agentProcess().isEmpty()) {
                throw new IllegalStateException(
                        "the agent of %s has ended; the reason is in %s".formatted(host.name(), host.log("agent")));
            }
            return hostNamed(client, host.name())
                    .filter(item -> isInService(item.required("status").stringValue()))
                    .isPresent();
        });
    }

    private static Optional<JsonNode> hostNamed(MesetaClient client, String name) {
        return client.get("/hosts?limit=500")
                .required("items")
                .valueStream()
                .filter(item -> item.required("name").stringValue().equals(name))
                .findFirst();
    }

    /** A host that somebody put into maintenance stays there. */
    private static boolean isInService(String status) {
        return status.equals("UP") || status.equals("MAINTENANCE");
    }

    /** Has an empty disk taken in as an image of this name, and waits until it is ready. */
    public void importBlankImage(String name) {
        try (MesetaClient client = client()) {
            importImage(client, name, blankImage());
        }
    }

    private void importImage(MesetaClient client, Path image, Progress progress) {
        boolean known = client.get("/images?limit=500")
                .required("items")
                .valueStream()
                .anyMatch(item -> item.required("name").stringValue().equals(GUEST_IMAGE));
        if (known) {
            return;
        }
        importImage(client, GUEST_IMAGE, image);
        progress.step("image " + GUEST_IMAGE + " is READY");
    }

    private void importImage(MesetaClient client, String name, Path image) {
        String file = String.valueOf(image.getFileName());
        Path incoming = lab().sharedStorage().resolve("incoming").resolve(file);
        try {
            Files.createDirectories(incoming.getParent());
            Files.copy(image, incoming, StandardCopyOption.REPLACE_EXISTING);
            Map<String, Object> body = Map.of("name", name, "description", "Small test guest", "incomingFile", file);
            // While managers that have just come share the hosts out, one is not UP for the moment that it changes
            // hands.
            JsonNode task = Await.result("a host to take the guest image in", IMAGE_LIMIT, () -> {
                MesetaClient.Answer answer = client.send("POST", "/images", body, Map.of());
                boolean later = answer.status() == 422 && answer.code().equals("HOST_NOT_UP");
                return later ? Optional.empty() : Optional.of(answer.expect(202));
            });
            client.awaitSuccess(task, IMAGE_LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the guest image was not imported", e);
        }
    }

    private FleetProcess.Settings fleetOf(int hosts, Lab lab) {
        return new FleetProcess.Settings(
                hosts,
                FIRST_FLEET_NETWORK + lab.number(),
                String.join(",", managers.agentAddresses(lab)),
                LabHost.SHARED_STORAGE,
                lab.sharedStorage(),
                FLEET_SEED,
                collector().here());
    }

    /** No simulated guest ever reads it. */
    private Path blankImage() {
        Path image = state.root().resolve("blank.qcow2");
        Programs.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "64M");
        return image;
    }

    /** Tests share the downloads of the source tree's own data center. */
    private Path cache() {
        return boundToThisProcess ? repository.resolve(BUILD_CACHE) : state.cache();
    }
}
