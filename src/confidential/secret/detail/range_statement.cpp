#include "confidential/secret/detail/range_statement.h"

namespace sluice::confidential::secret {

std::optional<Statement> parse_statement(const RangeStatement& about) {
    const auto commitment = parse_by_square(about.commitment.view(), 0x08);
    const auto generator = parse_by_square(about.generator.view(), 0x0a);
    if (!commitment || !generator) return std::nullopt;
    const auto point = PublicPoint::from(*generator);
    if (!point) return std::nullopt;
    // Inside a range proof the prefix is only whether Y is no square.
    std::array<uint8_t, 33> c = about.commitment.bytes;
    std::array<uint8_t, 33> g = about.generator.bytes;
    c[0] &= 1;
    g[0] &= 1;
    return Statement{c, g, *point, to_point(*commitment)};
}

Bytes seed_of(const Statement& statement, ByteView nonce, ByteView header) {
    Bytes seed = to_bytes(nonce);
    seed.reserve(128);
    append(seed, statement.commitment);
    append(seed, statement.generator);
    append(seed, header);
    return seed;
}

Sha256 message_hasher(const Statement& statement, ByteView header) {
    return Sha256().write(statement.commitment).write(statement.generator).write(header);
}

}  // namespace sluice::confidential::secret
