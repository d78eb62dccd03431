package dev.meseta.lab.stack;

import dev.meseta.lab.host.Lab;
import dev.meseta.lab.host.LabHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a manager of a lab is run.
 *
 * @param lab the lab it manages
 * @param index 1, 2 and so on
 * @param httpsPort where the page and the REST API answer
 * @param agentPort where agents enrol and renew
 * @param databaseUrl JDBC URL of a PostgreSQL; empty: the embedded one
 * @param traces where traces go; empty: nowhere
 * @param more settings by their names as environment variables, for instance MESETA_IDENTITY_MFA
 */
record ManagerSettings(
        Lab lab,
        int index,
        int httpsPort,
        int agentPort,
        Optional<String> databaseUrl,
        Optional<String> traces,
        Map<String, String> more) {

    ManagerSettings {
        more = Map.copyOf(more);
    }

    /** Where agents and people on this machine reach the manager. */
    String address() {
        return lab.managerAddress();
    }

    List<String> arguments(StateFolder state) {
        return List.of(
                ManagerProcess.STATE_OPTION + state.manager(index),
                "--meseta.sealing-key-file=" + state.sealingKey(),
                "--meseta.database.folder=" + state.database(),
                "--meseta.database.keep-running=true",
                "--meseta.name=" + StateFolder.managerName(index),
                "--server.port=" + httpsPort,
                "--meseta.public-address=" + address(),
                "--meseta.grpc.listen=" + address() + ":" + agentPort,
                // Benchmarks and fault runs ask for more than any caller should.
                "--meseta.limits.requests-per-second=100000",
                "--meseta.limits.requests-at-once=1000000",
                "--meseta.default-network.external-endpoints=" + lab.overlayEndpoint(),
                "--meseta.default-network.subnet=" + lab.overlaySubnet(),
                "--meseta.default-network.vni=" + lab.overlayVni(),
                "--meseta.default-network.mtu=" + lab.overlayMtu(),
                "--meseta.default-storage.path=" + LabHost.SHARED_STORAGE,
                "--meseta.traces.endpoint=" + traces.orElse(""));
    }

    /** What is beside the usual, to tell whether a manager that runs was started so. Settings name files with secrets, not secrets. */
    String others() {
        return more.isEmpty() ? "" : new TreeMap<>(more).toString();
    }

    /** A database URL may carry a password: it is not put where every user can list it. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(more);
        databaseUrl.ifPresent(url -> environment.put("MESETA_DATABASE_URL", url));
        return environment;
    }
}
