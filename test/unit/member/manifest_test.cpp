// The manifest as a file, and the set that it begins with.
#include "consensus/primitives/header_view.h"
#include "federation/rules/dynafed.h"
#include "unit/member/town.h"

using namespace sluice;
using namespace sluice::member;

namespace {

// The branch that is genesis alone.
class GenesisView final : public HeaderView {
public:
    explicit GenesisView(const ChainParams& params) : params_(params) {}
    [[nodiscard]] uint32_t height() const override { return 0; }
    [[nodiscard]] BlockHash hash_at(uint32_t) const override { return params_.genesis_hash; }
    [[nodiscard]] int32_t version_at(uint32_t) const override { return params_.genesis.header.version; }
    [[nodiscard]] uint32_t time_at(uint32_t) const override { return params_.genesis.header.time; }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t) const override { return params_.genesis.header.time; }
    [[nodiscard]] bool is_dynafed_at(uint32_t) const override { return false; }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t) const override { return {}; }
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t) const override {
        return std::make_shared<const BlockHeader>(params_.genesis.header);
    }

private:
    const ChainParams& params_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_set_is_what_the_chain_options_imply) {
    Town town(4, 3);
    const DynafedEntry expected = fed_rules::full_parameters(GenesisView(town.params), town.params);
    BOOST_CHECK(expected == dynafed_entry(town.manifest.sets[0]));
}

BOOST_AUTO_TEST_CASE(manifests_are_read_strictly) {
    Town town(4, 3);
    const std::string text = slurp(town.folder.path + "/manifest.json");
    BOOST_TEST(parse_manifest(text).has_value());
    BOOST_TEST(!parse_manifest("").has_value());
    BOOST_TEST(!parse_manifest("[]").has_value());
    BOOST_TEST(!parse_manifest("{}").has_value());
    const auto with = [&](const std::string& what, const std::string& by) {
        std::string changed = text;
        changed.replace(changed.find(what), what.size(), by);
        return changed;
    };
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": -1")).has_value());
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": \"0\"")).has_value());
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": 0, \"extra\": 1")).has_value());
    const auto changed = parse_manifest(with("\"sequence\": 0", "\"sequence\": 1"));
    BOOST_REQUIRE(changed);
    BOOST_CHECK(hash_of(*changed) != hash_of(town.manifest));
    BOOST_TEST(town.manifest.birth_height == 1u);  // regtest
    BOOST_TEST(!parse_manifest(with("\"birth_height\": 1", "\"birth_height\": -1")).has_value());
    Manifest later = town.manifest;
    later.birth_height = 2;
    BOOST_CHECK(hash_of(later) != hash_of(town.manifest));
    BOOST_TEST(check_manifest(later).has_value());
    later.birth_height = 0;
    BOOST_TEST(!check_manifest(later).has_value());
    Manifest weak = town.manifest;
    weak.sets[0].witness_limit = 74;
    BOOST_TEST(!check_manifest(weak).has_value());
    Manifest twice = town.manifest;
    twice.members[1].payout_key = twice.members[0].payout_key;
    BOOST_TEST(!check_manifest(twice).has_value());
}
