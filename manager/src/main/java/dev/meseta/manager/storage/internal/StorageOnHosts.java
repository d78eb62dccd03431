package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperations;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.storage.Storage.StorageDomain;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Every host reaches every storage domain before it runs a VM. */
@Component
class StorageOnHosts implements HostPreparation {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Storage storage;
    private final HostAgents agents;
    private final AgentOperations operations;
    private final UuidGenerator ids;

    StorageOnHosts(Storage storage, HostAgents agents, AgentOperations operations, UuidGenerator ids) {
        this.storage = storage;
        this.agents = agents;
        this.operations = operations;
        this.ids = ids;
    }

    @Override
    public void prepare(UUID hostId) {
        for (StorageDomain domain : storage.domains()) {
            String operationId = "storage-domain:%s:%s".formatted(domain.id(), ids.next());
            AgentCall call = new AgentCall(operationId, operationId, "system", Optional.empty());
            operations.awaitSuccess(
                    hostId, agents.ensureStorageDomain(hostId, call, domain.id(), domain.path()), PATIENCE);
        }
    }
}
