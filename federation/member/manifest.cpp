#include "federation/member/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/hex.h"
#include "consensus/script/templates.h"
#include "crypto/hash_writer.h"
#include "federation/agreement/ecdsa_verifier.h"
#include "federation/member/detail/json_fields.h"
#include "federation/member/detail/member_fields.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"

namespace sluice::member {
namespace {

// One list of fields per struct; the visitor writes JSON, reads it, or hashes.
template <class V, class T>
void visit_set(V& v, T& o) {
    v("start_height", o.start_height);
    v("block_script", o.block_script.bytes);
    v("payout_script", o.payout_script.bytes);
    v("witness_limit", o.witness_limit);
    v("csv", o.csv);
    v.array("pak", o.pak, [](V& inner, auto& entry) { inner("entry", entry); });
}
template <class V, class T>
void visit_timing(V& v, T& o) {
    v("interval_ms", o.agreement.interval);
    v("propose_ms", o.agreement.propose);
    v("prevote_ms", o.agreement.prevote);
    v("precommit_ms", o.agreement.precommit);
    v("growth_percent", o.agreement.growth_percent);
    v("cap_ms", o.agreement.cap);
    v("resend_ms", o.agreement.resend);
    v("drift_s", o.drift);
    v("commit_lag", o.commit_lag);
    v("parent_poll_ms", o.parent_poll_ms);
}
template <class V, class T>
void visit_planner(V& v, T& o) {
    v("coin_depth", o.coin_depth);
    v("final_depth", o.final_depth);
    v("bump_after", o.bump_after);
    v("bump_step", o.bump_step);
    v("fair_after", o.fair_after);
    v("batch_interval", o.batch_interval);
    v("batch_full", o.batch_full);
    v("max_open", o.max_open);
    v("max_requests", o.max_requests);
    v("max_weight", o.max_weight);
    v("max_plan_bytes", o.max_plan_bytes);
    v("max_fee", o.max_fee);
    v("min_rate", o.min_rate);
    v("max_rate", o.max_rate);
    v("fallback_rate", o.fallback_rate);
    v("rate_window", o.rate_window);
    v("min_change", o.min_change);
    v("max_change", o.max_change);
    v("target_coins", o.target_coins);
    v("expiry_margin", o.expiry_margin);
    v("max_sweep_inputs", o.max_sweep_inputs);
    v("consolidate_rate", o.consolidate_rate);
    v("pool_alarm", o.pool_alarm);
    v("acknowledged_deficit", o.acknowledged_deficit);
}
template <class V, class T>
void visit_manifest(V& v, T& o) {
    v("chain", o.chain);
    v("genesis", o.genesis);
    v("sequence", o.sequence);
    v("predecessor", o.predecessor);
    v("birth_height", o.birth_height);
    v.array("members", o.members, [](V& inner, auto& member) { detail::visit_member(inner, member); });
    v.array("sets", o.sets, [](V& inner, auto& set) { visit_set(inner, set); });
    v.object("timing", [&](V& inner) { visit_timing(inner, o.timing); });
    v.object("planner", [&](V& inner) { visit_planner(inner, o.planner); });
}

template <class V, class T>
void visit_signature(V& v, T& o) {
    v("name", o.name);
    v("signature", o.signature);
}

}  // namespace

agreement::ManifestHash hash_of(const Manifest& manifest) {
    HashWriter writer(tagged_hasher("sluice/manifest/1"));
    detail::FieldHasher hasher{writer};
    visit_manifest(hasher, manifest);
    return agreement::ManifestHash::from(writer.sha256());
}

std::string to_json(const Manifest& manifest, const std::vector<ManifestSignature>& signatures) {
    nlohmann::ordered_json json;
    json["format"] = "sluice-manifest-1";
    detail::FieldWriter writer{json};
    visit_manifest(writer, manifest);
    if (!signatures.empty()) {
        writer.array("signatures", signatures,
                     [](detail::FieldWriter& v, const auto& each) { visit_signature(v, each); });
    }
    return json.dump(2) + "\n";
}

Result<SignedManifest> parse_signed_manifest(std::string_view text) {
    const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!json.is_object()) return fail("the manifest is not a JSON object");
    if (json.value("format", nlohmann::ordered_json()) != "sluice-manifest-1")
        return fail("not a manifest of a known format");
    SignedManifest out;
    std::string error;
    detail::FieldReader reader{json, error, {"format", "signatures"}};
    visit_manifest(reader, out.manifest);
    if (json.contains("signatures")) {
        reader.array("signatures", out.signatures,
                     [](detail::FieldReader& v, auto& each) { visit_signature(v, each); });
    }
    reader.finish();
    if (!error.empty()) return fail("manifest: " + error);
    return out;
}

Result<Manifest> parse_manifest(std::string_view text) {
    SignedManifest parsed = TRY(parse_signed_manifest(text));
    return std::move(parsed.manifest);
}

uint32_t least_witness_limit(uint32_t threshold, const Script& block_script) {
    // count, empty dummy, k signatures of at most 72 + 1 bytes with their lengths, the script with its length
    return 2 + 74 * threshold + static_cast<uint32_t>(compact_size_length(block_script.size()) + block_script.size());
}

Status check_manifest(const Manifest& manifest) {
    std::set<std::string> names;
    std::set<Bytes> keys;
    if (manifest.members.empty() || manifest.members.size() > kMaxRoster) return fail("manifest: 1 to 32 members");
    for (const ManifestMember& member : manifest.members) {
        if (member.name.empty() || !names.insert(member.name).second)
            return fail("manifest: name twice or empty: " + member.name);
        for (const Bytes& key : {member.block_key, member.payout_key}) {
            const auto parsed = PubKey::parse(key);
            if (!parsed || !parsed->is_compressed()) return fail("manifest: bad key of " + member.name);
            if (!keys.insert(key).second) return fail("manifest: a key of " + member.name + " is used twice");
        }
        if (!keys.insert(to_bytes(member.transport_key.view())).second) return fail("manifest: link key used twice");
    }
    if (manifest.birth_height == 0) return fail("manifest: the birth height begins at 1");
    if (manifest.sets.empty()) return fail("manifest: no parameter set");
    uint32_t last = 0;
    for (const ParameterSet& set : manifest.sets) {
        if (&set != &manifest.sets.front() && set.start_height <= last) return fail("manifest: sets are not in order");
        last = set.start_height;
        const SetMembers members = TRY(members_of(manifest, set));
        if (!members.committee.is_sound()) return fail("manifest: the threshold must be more than half of the members");
        if (set.witness_limit < least_witness_limit(members.committee.threshold, set.block_script)) {
            return fail("manifest: the witness limit is too small for " + std::to_string(members.committee.threshold) +
                        " signatures");
        }
        if (!fed_rules::parse_signing_script(set.payout_script))
            return fail("manifest: the payout script is no multisig");
    }
    if (manifest.timing.agreement.interval.count() < 100) return fail("manifest: the interval is too short");
    return {};
}

DynafedEntry dynafed_entry(const ParameterSet& set) {
    DynafedEntry entry;
    entry.kind = DynafedEntryKind::kFull;
    entry.signblockscript = script::p2wsh_of(set.block_script);
    entry.signblock_witness_limit = set.witness_limit;
    entry.fedpeg_program = script::p2wsh_of(set.payout_script);
    entry.fedpegscript = set.payout_script;
    entry.extension_space = set.pak;
    return entry;
}

Result<SetMembers> members_of(const Manifest& manifest, const ParameterSet& set) {
    const auto script = fed_rules::parse_signing_script(set.block_script);
    if (!script) return fail("manifest: the block script is no multisig");
    SetMembers out;
    out.committee.genesis = manifest.genesis;
    out.committee.params_root = fed_rules::entry_root(dynafed_entry(set));
    out.committee.threshold = static_cast<uint32_t>(script->required);
    for (const PubKey& key : script->keys) {
        size_t position = 0;
        while (position < manifest.members.size() && !equal(manifest.members[position].block_key, key.view()))
            ++position;
        if (position == manifest.members.size()) return fail("manifest: the block script has a key of no member");
        out.committee.keys.push_back(to_bytes(key.view()));
        out.positions.push_back(position);
    }
    return out;
}

std::optional<size_t> find_member(const Manifest& manifest, std::string_view name) {
    for (size_t i = 0; i < manifest.members.size(); ++i) {
        if (manifest.members[i].name == name) return i;
    }
    return std::nullopt;
}

Status check_change(const Manifest& next, const Manifest& before) {
    TRY_VOID(check_manifest(next));
    if (next.predecessor != hash_of(before)) return fail("the manifest names another predecessor");
    if (next.sequence != before.sequence + 1) return fail("the manifest does not have the next sequence number");
    if (next.genesis != before.genesis || next.chain != before.chain) return fail("the manifest is of another chain");
    if (next.birth_height != before.birth_height) return fail("the manifest changes its predecessor's birth height");
    if (next.members.size() < before.members.size())
        return fail("the manifest drops a member from its predecessor's list");
    for (size_t i = 0; i < before.members.size(); ++i) {
        const ManifestMember& was = before.members[i];
        const ManifestMember& is = next.members[i];
        if (is.name != was.name || is.block_key != was.block_key || is.payout_key != was.payout_key) {
            return fail("the manifest changes the keys or the place of " + was.name);
        }
    }
    const bool keeps = next.sets.size() == before.sets.size() + 1 &&
                       std::equal(before.sets.begin(), before.sets.end(), next.sets.begin());
    if (!keeps) return fail("the manifest does not keep its predecessor's sets and add one");
    return {};
}

std::set<std::string> good_signers(const SignedManifest& next, const Manifest& before) {
    std::set<std::string> out;
    const auto members = members_of(before, before.sets.back());
    if (!members) return out;
    const agreement::EcdsaVerifier verifier;
    const Hash256 digest = Hash256::from(hash_of(next.manifest));
    for (const ManifestSignature& signature : next.signatures) {
        for (const size_t position : members->positions) {
            const ManifestMember& member = before.members[position];
            if (member.name == signature.name && verifier.verify(member.block_key, digest, signature.signature)) {
                out.insert(member.name);
            }
        }
    }
    return out;
}

Status check_successor(const SignedManifest& next, const Manifest& before) {
    TRY_VOID(check_change(next.manifest, before));
    const SetMembers members = TRY(members_of(before, before.sets.back()));
    const size_t good = good_signers(next, before).size();
    if (good >= members.committee.threshold) return {};
    return fail("the manifest has " + std::to_string(good) + " good signatures by members of its predecessor; " +
                std::to_string(members.committee.threshold) + " are needed");
}

namespace {

ledger::PayoutSet payout_set(const ParameterSet& set) {
    const auto script = fed_rules::parse_signing_script(set.payout_script);
    return {set.payout_script, script ? static_cast<uint32_t>(script->required) : 0, set.csv};
}

}  // namespace

ledger::LedgerParams ledger_params(const Manifest& manifest) {
    ledger::LedgerParams out{manifest.planner, {}};
    for (const ParameterSet& set : manifest.sets) out.sets.push_back(payout_set(set));
    return out;
}

std::vector<signer::KnownSet> known_sets(const Manifest& manifest) {
    std::vector<signer::KnownSet> out;
    for (const ParameterSet& set : manifest.sets)
        out.push_back({fed_rules::entry_root(dynafed_entry(set)), payout_set(set)});
    return out;
}

}  // namespace sluice::member
