package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.membership.Membership;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * What every host connection works with.
 *
 * @param preparations asked for late: what prepares hosts commands them through these connections
 * @param resyncs from the opening of a watch to the end of taking in a host's whole snapshot
 * @param flows asked for late as well; empty: nobody keeps them, and hosts are not asked
 * @param timers only hand work on to {@code threads}
 * @param threads may block
 */
record ConnectionContext(
        Membership membership,
        HostOwnership ownership,
        HostChannels channels,
        Hosts hosts,
        Observations observations,
        AgentEvents events,
        LatestHostStatistics statistics,
        Timer resyncs,
        Supplier<List<HostPreparation>> preparations,
        Supplier<Optional<HostFlows>> flows,
        AgentsProperties properties,
        InstantSource clock,
        ScheduledExecutorService timers,
        Executor threads) {}
