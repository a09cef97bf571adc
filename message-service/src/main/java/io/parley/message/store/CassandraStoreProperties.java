package io.parley.message.store;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param contactPoints host:port each
 * @param replication the keyspace's replication map, used when it is created
 * @param consistency of plain reads and writes: a quorum, or what was acknowledged can be lost
 * @param requestTimeout after it a write may or may not have happened
 */
@ConfigurationProperties("parley.cassandra")
record CassandraStoreProperties(
    List<String> contactPoints,
    String datacenter,
    String keyspace,
    @DefaultValue("{'class': 'SimpleStrategy', 'replication_factor': 1}") String replication,
    @DefaultValue("LOCAL_QUORUM") String consistency,
    @DefaultValue("5s") Duration requestTimeout) {}
