#include "federation/rules/dynafed.h"

#include <map>

#include "codec/hex.h"
#include "consensus/primitives/merkle.h"
#include "consensus/script/templates.h"
#include "crypto/hash_writer.h"
#include "federation/rules/pak.h"
#include "util/check.h"

namespace sluice::fed_rules {

namespace {

template <class Write>
Hash256 leaf(Write write) {
    HashWriter hash;
    Writer& w = hash;
    write(w);
    return hash.sha256d();
}

// The parameters that the chain's options imply for a block before dynafed.
DynafedEntry made_up_parameters(const Script& challenge, const ChainParams& params) {
    DynafedEntry entry;
    entry.kind = DynafedEntryKind::kFull;
    entry.signblockscript = script::p2wsh_of(challenge);
    entry.signblock_witness_limit = params.max_block_signature_size;
    entry.fedpegscript = params.fedpegscript;
    const Script p2wsh = script::p2wsh_of(params.fedpegscript);
    entry.fedpeg_program = params.start_p2wsh_script ? p2wsh : script::p2sh_of(p2wsh);
    entry.extension_space = params.first_extension_space;
    return entry;
}

DynafedEntry current_of(const BlockHeader& header, const ChainParams& params) {
    if (header.is_dynafed() && !header.dynafed().current.is_null()) return header.dynafed().current;
    return made_up_parameters(header.is_dynafed() ? Script{} : header.proof().challenge, params);
}

// The proposal that has four fifths of the epoch that ends with the parent, if the next block starts an epoch.
std::optional<DynafedEntry> vote_winner(const HeaderView& parents, const ChainParams& params) {
    const uint32_t next = parents.height() + 1;
    const uint32_t epoch = params.epoch_length;
    if (next % epoch != 0) return std::nullopt;
    const uint32_t needed = epoch * 4 / 5;
    std::map<Hash256, uint32_t> votes;
    for (uint32_t height = next; height-- > next - epoch;) {
        const Hash256 root = parents.proposed_root_at(height);
        if (root.is_zero() || ++votes[root] < needed) continue;
        const auto header = parents.header_at(height);
        if (header->is_dynafed()) return header->dynafed().proposed;
    }
    return std::nullopt;
}

FedpegScript fedpeg_of(const BlockHeader& epoch_start, const ChainParams& params) {
    if (epoch_start.is_dynafed()) {
        const DynafedEntry& current = epoch_start.dynafed().current;
        return {current.fedpeg_program, current.fedpegscript};
    }
    // Before dynafed it is P2SH of P2WSH whatever start_p2wsh_script says.
    return {script::p2sh_of(script::p2wsh_of(params.fedpegscript)), params.fedpegscript};
}

// `check` is a word for programs. The rule's name is put in by the rules module.
tl::unexpected<Failure> bad(const char* check, std::string detail, NamedValues values = {}) {
    tl::unexpected<Failure> out = invalid("invalid-dyna-fed", std::move(detail));
    values.insert(values.begin(), {"check", check});
    out.value().breach.place = at_header();
    out.value().breach.values = std::move(values);
    return out;
}

Judged<void> check_proposal(const DynafedEntry& proposed, const DynafedEntry& current, const ChainParams& params) {
    if (proposed.signblockscript != current.signblockscript &&
        !script::parse_witness_program(proposed.signblockscript.view())) {
        return bad("proposed-signblockscript", "proposed signblockscript must be native segwit scriptPubkey",
                   {{"script", to_hex(proposed.signblockscript.view())}});
    }
    if (proposed.fedpeg_program != current.fedpeg_program || proposed.fedpegscript != current.fedpegscript) {
        const auto program = script::parse_witness_program(proposed.fedpeg_program.view());
        if (!program) {
            return bad("proposed-fedpeg-program", "proposed fedpeg program must be native segwit scriptPubkey",
                       {{"script", to_hex(proposed.fedpeg_program.view())}});
        }
        if (program->version == 0) {
            if (proposed.fedpeg_program != script::p2wsh_of(proposed.fedpegscript)) {
                return bad("proposed-fedpegscript",
                           "proposed v0 segwit fedpegscript must match proposed fedpeg witness program",
                           {{"program", to_hex(proposed.fedpeg_program.view())},
                            {"expected", to_hex(script::p2wsh_of(proposed.fedpegscript).view())}});
            }
            // Liquid's first watchman script began like this and was a special case that shall not return.
            if (!proposed.fedpegscript.empty() && proposed.fedpegscript.bytes[0] == script::OP_DEPTH) {
                return bad("proposed-op-depth", "Proposed fedpegscript starts with OP_DEPTH, which is illegal");
            }
        }
    }
    if (params.enforce_pak && proposed.extension_space != current.extension_space &&
        !proposed.extension_space.empty() && parse_pak_list(proposed.extension_space).empty()) {
        return bad("proposed-extension-space", "Extension space is not list of valid PAK entries",
                   {{"entries", proposed.extension_space.size()}});
    }
    return {};
}

}  // namespace

Hash256 extra_root(const DynafedEntry& entry) {
    const std::vector<Hash256> leaves = {
        leaf([&](Writer& w) { w.var_bytes(entry.fedpeg_program.view()); }),
        leaf([&](Writer& w) { w.var_bytes(entry.fedpegscript.view()); }),
        leaf([&](Writer& w) { list(w, entry.extension_space, 1); }),
    };
    return fast_merkle_root(leaves);
}

Hash256 entry_root(const DynafedEntry& entry) {
    if (entry.is_null()) return {};
    const std::vector<Hash256> signing = {
        leaf([&](Writer& w) { w.var_bytes(entry.signblockscript.view()); }),
        leaf([&](Writer& w) { w.u32(entry.signblock_witness_limit); }),
    };
    const bool compact = entry.kind == DynafedEntryKind::kCompact;
    const std::vector<Hash256> halves = {fast_merkle_root(signing), compact ? entry.elided_root : extra_root(entry)};
    return fast_merkle_root(halves);
}

Hash256 params_root(const DynafedHeader& header) {
    if (header.current.is_null() && header.proposed.is_null()) return {};
    const std::vector<Hash256> roots = {entry_root(header.current), entry_root(header.proposed)};
    return fast_merkle_root(roots);
}

bool same_parameters(const DynafedEntry& a, const DynafedEntry& b) {
    return a.kind == b.kind && a.signblockscript == b.signblockscript &&
           a.signblock_witness_limit == b.signblock_witness_limit && a.fedpeg_program == b.fedpeg_program &&
           a.fedpegscript == b.fedpegscript && a.extension_space == b.extension_space;
}

DynafedEntry to_compact(const DynafedEntry& full) {
    DynafedEntry out;
    out.kind = DynafedEntryKind::kCompact;
    out.signblockscript = full.signblockscript;
    out.signblock_witness_limit = full.signblock_witness_limit;
    out.elided_root = extra_root(full);
    return out;
}

DynafedEntry full_parameters(const HeaderView& parents, const ChainParams& params) {
    CHECK(params.epoch_length > 0);
    if (auto winner = vote_winner(parents, params)) return std::move(*winner);
    const uint32_t next = parents.height() + 1;
    const uint32_t age = next % params.epoch_length;
    uint32_t start = age == 0 ? next - params.epoch_length : next - age;
    const bool dynafed_from_genesis = params.deployment(Deployment::kDynafed).start == DeploymentParams::kAlwaysActive;
    // Genesis cannot be dynafed: a chain that begins so publishes its first full entry in block 1.
    if (params.genesis_style == "elements" && start == 0 && next > 1 && dynafed_from_genesis) start = 1;
    return current_of(*parents.header_at(start), params);
}

DynafedEntry expected_current(const HeaderView& parents, const ChainParams& params) {
    const DynafedEntry full = full_parameters(parents, params);
    const bool epoch_start = (parents.height() + 1) % params.epoch_length == 0;
    return epoch_start || !parents.is_dynafed_at(parents.height()) ? full : to_compact(full);
}

Judged<void> check_dynafed_header(const BlockHeader& header, const HeaderView& parents, const ChainParams& params) {
    if (!header.is_dynafed() || header.dynafed().current.is_null()) {
        return bad("current-missing", "dynamic block headers must have non-empty current signblockscript field");
    }
    // Kept for hard forks to come; bit 25 is the one that signalled dynafed itself.
    constexpr uint32_t kReservedBits = 1u << 23 | 1u << 24 | 1u << 25 | 1u << 26;
    if ((static_cast<uint32_t>(header.version) & kReservedBits) != 0) {
        return bad("extension-bits", "dynamic block header has unknown HF extension bits set",
                   {{"version", header.version}, {"reserved", kReservedBits}});
    }
    const DynafedHeader& dynafed = header.dynafed();
    if (const DynafedEntry expected = expected_current(parents, params); !same_parameters(dynafed.current, expected)) {
        return bad("current-parameters", "dynamic block header's current parameters do not match expected",
                   {{"root", to_display(entry_root(dynafed.current))}, {"expected", to_display(entry_root(expected))}});
    }
    if (dynafed.proposed.is_null()) return {};
    return check_proposal(dynafed.proposed, full_parameters(parents, params), params);
}

namespace {
// Epoch starts from the one that `height` is in, going back. `header_at` also knows the block at `height`.
template <class HeaderAt>
std::vector<FedpegScript> epoch_fedpegs(uint32_t height, const ChainParams& params, HeaderAt header_at) {
    std::vector<FedpegScript> out;
    const uint32_t start = height - height % params.epoch_length;
    for (uint64_t i = 0; i < params.total_valid_epochs && i * params.epoch_length <= start; ++i) {
        out.push_back(fedpeg_of(*header_at(static_cast<uint32_t>(start - i * params.epoch_length)), params));
    }
    return out;
}
}  // namespace

std::vector<FedpegScript> fedpeg_scripts_in(const BlockHeader& block, const HeaderView& parents,
                                            const ChainParams& params) {
    const uint32_t height = parents.height() + 1;
    return epoch_fedpegs(height, params, [&](uint32_t at) {
        return at == height ? std::make_shared<const BlockHeader>(block) : parents.header_at(at);
    });
}

std::vector<FedpegScript> fedpeg_scripts_after(const HeaderView& branch, const ChainParams& params) {
    std::vector<FedpegScript> out =
        epoch_fedpegs(branch.height(), params, [&](uint32_t at) { return branch.header_at(at); });
    if ((branch.height() + 1) % params.epoch_length == 0) {
        const DynafedEntry next = full_parameters(branch, params);
        out.insert(out.begin(), FedpegScript{next.fedpeg_program, next.fedpegscript});
    }
    if (out.size() > params.total_valid_epochs) out.resize(params.total_valid_epochs);
    return out;
}

}  // namespace sluice::fed_rules
