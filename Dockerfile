# One of Parley's services as an image:
#
#   docker build --build-arg MODULE=user-service -t parley/user-service .
#
# MODULE is api-gateway, user-service, group-service, message-service or notification-service; docker compose build
# makes all five, and Maven runs once for them. Where Maven Central is reached by way of a mirror:
# --secret id=maven_settings,src=settings.xml; base images from elsewhere: the two arguments below. With
# --build-arg JARS=given the jars are not built but taken from */target, as mvn package left them.
# How to run the image: docs/operate/compose.md.
ARG MAVEN_IMAGE=maven:3-eclipse-temurin-25
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG JARS=built

# ---- all services' jars, with their lists of parts (CycloneDX) in META-INF/sbom --------------------------------------
FROM ${MAVEN_IMAGE} AS jars-built
WORKDIR /src
COPY pom.xml ./
COPY local-stack/pom.xml local-stack/
COPY local-stack/cassandra-node/pom.xml local-stack/cassandra-node/
COPY system-tests/pom.xml system-tests/
COPY common/pom.xml common/
COPY common/src common/src
COPY user-service/pom.xml user-service/
COPY user-service/src user-service/src
COPY group-service/pom.xml group-service/
COPY group-service/src group-service/src
COPY message-service/pom.xml message-service/
COPY message-service/src message-service/src
COPY notification-service/pom.xml notification-service/
COPY notification-service/src notification-service/src
COPY api-gateway/pom.xml api-gateway/
COPY api-gateway/src api-gateway/src
# Nothing of tests is resolved or compiled: so the local stores' and test libraries need not be downloaded.
RUN --mount=type=cache,target=/root/.m2/repository,sharing=locked \
    --mount=type=secret,id=maven_settings,target=/root/.m2/settings.xml \
    mvn -B -ntp -Psbom -Dspotless.check.skip \
      -pl common,user-service,group-service,message-service,notification-service,api-gateway \
      compile jar:jar@default-jar spring-boot:repackage@repackage

FROM scratch AS jars-given
COPY user-service/target/user-service.jar /src/user-service/target/
COPY group-service/target/group-service.jar /src/group-service/target/
COPY message-service/target/message-service.jar /src/message-service/target/
COPY notification-service/target/notification-service.jar /src/notification-service/target/
COPY api-gateway/target/api-gateway.jar /src/api-gateway/target/

FROM jars-${JARS} AS jars

# ---- the root file system: a JRE of the modules that are needed, the libraries it is linked to, and busybox ----------
FROM ${JDK_IMAGE} AS root
RUN apt-get update -q && apt-get install -qy --no-install-recommends busybox-static && rm -rf /var/lib/apt/lists/*
RUN jlink --output /root-fs/opt/java --no-header-files --no-man-pages --compress=zip-6 --include-locales=en,de,fr,es,zh,ar --add-modules \
      java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.jcmd,jdk.jfr,jdk.localedata,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.nio.mapmode,jdk.unsupported,jdk.zipfs
# Some distributions link the JDK to libraries of the system, so all that it loads comes along. Sound and windows do not.
RUN set -eu; cd /root-fs; \
    find opt/java -name '*.debuginfo' -delete; \
    rm -f opt/java/lib/libawt_xawt.so opt/java/lib/libjawt.so opt/java/lib/libjsound.so opt/java/lib/libsplashscreen.so; \
    cp -L "$JAVA_HOME/lib/security/cacerts" opt/java/lib/security/cacerts; \
    find opt/java -type f \( -name '*.so' -o -path '*/bin/*' \) -exec ldd {} + 2>/dev/null \
      | grep -oE '/[^ ]+\.so[^ ]*' | grep -v '^/root-fs/' | sort -u | while read -r library; do \
        if [ -e "$library" ]; then cp -L --parents "$library" .; fi; \
      done; \
    mkdir -p bin etc tmp app run/secrets; chmod 1777 tmp; \
    cp "$(command -v busybox)" bin/busybox; \
    for applet in $(bin/busybox --list | grep -vx busybox); do ln -sf busybox "bin/$applet"; done; \
    echo 'hosts: files dns' >etc/nsswitch.conf; \
    printf 'root:x:0:0::/:/bin/sh\nparley:x:10001:10001::/tmp:/bin/sh\n' >etc/passwd; \
    printf 'root:x:0:\nparley:x:10001:\n' >etc/group

# ---- the chosen service, unpacked by how often its parts change ------------------------------------------------------
FROM ${JDK_IMAGE} AS unpacked
ARG MODULE
COPY --from=jars /src/${MODULE}/target/${MODULE}.jar /jar/
WORKDIR /layers
RUN java -Djarmode=tools -jar "/jar/${MODULE}.jar" extract --layers --destination . \
    && mkdir -p dependencies snapshot-dependencies application \
    && cd application && jar -xf "/jar/${MODULE}.jar" BOOT-INF/classes/META-INF/sbom/application.cdx.json META-INF/sbom/application.cdx.json \
    && find . -name application.cdx.json -exec mv {} sbom.cdx.json \; && rm -rf BOOT-INF META-INF

FROM scratch AS service
COPY --from=root /root-fs /
ENV PATH=/opt/java/bin:/bin JAVA_HOME=/opt/java LANG=C.UTF-8
WORKDIR /app
RUN java -version
COPY --from=unpacked /layers/dependencies/ ./
COPY --from=unpacked /layers/snapshot-dependencies/ ./
COPY --from=unpacked /layers/application/ ./

# ---- the AOT cache, made by a start without stores ------------------------------------------------------------------
FROM service AS trained
ARG MODULE
COPY deploy/image/train.sh /train.sh
RUN sh /train.sh "/app/${MODULE}.jar" /app/service.aot

FROM service
ARG MODULE
# The start's options are in a file, so that no line about them comes before the log's own; more, or others, by
# JDK_JAVA_OPTIONS (-Xmx there counts more than the share of the memory here).
RUN printf '%s\n' -XX:AOTCache=/app/service.aot -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError \
      --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -jar "/app/${MODULE}.jar" >/app/java.options
COPY deploy/image/health.sh ./
COPY scripts/migrate.sh scripts/
COPY --from=trained /app/service.aot ./
# Files in /run/secrets are settings: one called PARLEY_SECRET is what the variable would be.
ENV SPRING_CONFIG_IMPORT=optional:configtree:/run/secrets/ PARLEY_LOG_FORMAT=ecs
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
  CMD ["sh", "/app/health.sh"]
ENTRYPOINT ["java", "@/app/java.options"]
LABEL org.opencontainers.image.title="Parley ${MODULE}" org.opencontainers.image.licenses=MIT
