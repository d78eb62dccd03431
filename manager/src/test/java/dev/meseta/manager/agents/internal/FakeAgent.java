package dev.meseta.manager.agents.internal;

import com.google.protobuf.Message;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.FlowBatch;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import dev.meseta.proto.v1.WatchEvent;
import dev.meseta.proto.v1.WatchFlowsRequest;
import dev.meseta.proto.v1.WatchRequest;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;

/**
 * An agent as far as the manager can see it: every service of the contract behind mutual TLS. Unary calls are kept and
 * answered as the test says; watches are handed to the test.
 */
final class FakeAgent implements AutoCloseable {

    private static final List<ServiceDescriptor> UNARY_SERVICES = List.of(
            OperationServiceGrpc.getServiceDescriptor(),
            DomainServiceGrpc.getServiceDescriptor(),
            MigrationServiceGrpc.getServiceDescriptor(),
            VolumeServiceGrpc.getServiceDescriptor(),
            NetworkServiceGrpc.getServiceDescriptor());

    private final BlockingQueue<Watch> watches = new LinkedBlockingQueue<>();
    private final BlockingQueue<FlowWatch> flowWatches = new LinkedBlockingQueue<>();
    /** A permit for each time somebody asked for flows in vain. */
    final Semaphore flowsRefused = new Semaphore(0);

    private volatile boolean knowsFlows;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final CertificateAuthorities authorities;
    private final KeyManager identity;
    private volatile Answer answer = (method, request) -> {
        throw Status.UNIMPLEMENTED.asRuntimeException();
    };
    private final int port;
    private Server server;

    FakeAgent(CertificateAuthorities authorities, KeyManager identity) {
        this(authorities, identity, 0);
    }

    /** @param wantedPort 0: any */
    FakeAgent(CertificateAuthorities authorities, KeyManager identity, int wantedPort) {
        this.authorities = authorities;
        this.identity = identity;
        this.server = start(wantedPort);
        this.port = server.getPort();
    }

    private Server start(int wantedPort) {
        try {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), wantedPort),
                    TlsServerCredentials.newBuilder()
                            .keyManager(identity)
                            .trustManager(Pkix.trusting(authorities.caCertificate(Purpose.CONTROL)))
                            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                            .build());
            builder.permitKeepAliveTime(1, TimeUnit.SECONDS);
            builder.addService((BindableService) new Watches());
            builder.addService((BindableService) new Flows());
            UNARY_SERVICES.forEach(service -> builder.addService(unary(service)));
            return builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    void answer(Answer next) {
        answer = next;
    }

    /** The next watch somebody opens. */
    Watch nextWatch() {
        return Waiting.next(watches, "a watch");
    }

    boolean hasWatch() {
        return !watches.isEmpty();
    }

    /** Until this is said it is an agent from before there were flows. */
    FakeAgent knowsFlows() {
        knowsFlows = true;
        return this;
    }

    /** The next watch of flows somebody opens. */
    FlowWatch nextFlowWatch() {
        return Waiting.next(flowWatches, "a watch of flows");
    }

    boolean hasFlowWatch() {
        return !flowWatches.isEmpty();
    }

    /** The next unary call. */
    Call nextCall() {
        return Waiting.next(calls, "a call");
    }

    /** As after kill -9: connections break, nothing listens. */
    void kill() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the fake agent did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Up again at the same address. */
    void restart() {
        server = start(port);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private ServerServiceDefinition unary(ServiceDescriptor service) {
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
            definition.addMethod(serverMethod(method));
        }
        return definition.build();
    }

    @SuppressWarnings("unchecked")
    private ServerMethodDefinition<Message, Message> serverMethod(MethodDescriptor<?, ?> method) {
        MethodDescriptor<Message, Message> known = (MethodDescriptor<Message, Message>) method;
        if (method.getType() != MethodDescriptor.MethodType.UNARY) {
            return ServerMethodDefinition.create(
                    known,
                    ServerCalls.asyncBidiStreamingCall(
                            observer -> ServerCalls.asyncUnimplementedStreamingCall(known, observer)));
        }
        return ServerMethodDefinition.create(known, ServerCalls.asyncUnaryCall((request, observer) -> {
            calls.add(new Call(method.getFullMethodName(), request));
            Message result;
            try {
                result = answer.to(method.getFullMethodName(), request);
            } catch (StatusRuntimeException refused) {
                observer.onError(refused);
                return;
            }
            observer.onNext(result);
            observer.onCompleted();
        }));
    }

    /** What the agent says to a unary call. */
    @FunctionalInterface
    interface Answer {
        Message to(String method, Message request);
    }

    record Call(String method, Message request) {}

    /** One open watch. */
    static final class Watch {

        private final WatchRequest request;
        private final ServerCallStreamObserver<WatchEvent> observer;
        private long sequence;

        Watch(WatchRequest request, ServerCallStreamObserver<WatchEvent> observer) {
            this.request = request;
            this.observer = observer;
        }

        String resumeToken() {
            return request.getResumeToken();
        }

        long epoch() {
            return request.getFencingEpoch();
        }

        /** Sends an event with the next sequence number; its token is {@code t} and that number. */
        Watch send(WatchEvent.Builder event) {
            sequence++;
            observer.onNext(
                    event.setSequence(sequence).setResumeToken("t" + sequence).build());
            return this;
        }

        void fail(Status status) {
            observer.onError(status.asRuntimeException());
        }

        boolean isCancelled() {
            return observer.isCancelled();
        }
    }

    private final class Watches extends HostServiceGrpc.HostServiceImplBase {
        @Override
        public void watch(WatchRequest request, StreamObserver<WatchEvent> observer) {
            ServerCallStreamObserver<WatchEvent> stream = (ServerCallStreamObserver<WatchEvent>) observer;
            // Asked by the test instead.
            stream.setOnCancelHandler(() -> {});
            watches.add(new Watch(request, stream));
        }
    }

    /** One open watch of flows. */
    static final class FlowWatch {

        private final WatchFlowsRequest request;
        private final ServerCallStreamObserver<FlowBatch> observer;

        FlowWatch(WatchFlowsRequest request, ServerCallStreamObserver<FlowBatch> observer) {
            this.request = request;
            this.observer = observer;
        }

        String resumeToken() {
            return request.getResumeToken();
        }

        long epoch() {
            return request.getFencingEpoch();
        }

        FlowWatch send(FlowBatch.Builder batch) {
            observer.onNext(batch.build());
            return this;
        }

        /** Whether more can be sent without being buffered here. */
        boolean isReady() {
            return observer.isReady();
        }

        void fail(Status status) {
            observer.onError(status.asRuntimeException());
        }
    }

    private final class Flows extends FlowServiceGrpc.FlowServiceImplBase {
        @Override
        public void watch(WatchFlowsRequest request, StreamObserver<FlowBatch> observer) {
            if (!knowsFlows) {
                flowsRefused.release();
                observer.onError(Status.UNIMPLEMENTED.asRuntimeException());
                return;
            }
            ServerCallStreamObserver<FlowBatch> stream = (ServerCallStreamObserver<FlowBatch>) observer;
            stream.setOnCancelHandler(() -> {});
            flowWatches.add(new FlowWatch(request, stream));
        }
    }
}
