package io.parley.message.store;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How to reach Cassandra is in {@code spring.cassandra}.
 *
 * @param keyspace is created when it does not exist
 * @param replication the keyspace's replication map, used when it is created
 * @param migrations where the files of its versions are
 */
@ConfigurationProperties("parley.cassandra")
record CassandraStoreProperties(
    String keyspace,
    @DefaultValue("{'class': 'SimpleStrategy', 'replication_factor': 1}") String replication,
    @DefaultValue("classpath:db/cql") String migrations) {}
