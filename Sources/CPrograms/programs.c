#include "CPrograms.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char upload_sh[] = {
#embed "programs/upload.sh"
};
static const unsigned char end_sh[] = {
#embed "programs/end.sh"
};
static const unsigned char checks_sh[] = {
#embed "programs/checks.sh"
};
static const unsigned char facts_sh[] = {
#embed "programs/facts.sh"
};
static const unsigned char library_state_sh[] = {
#embed "programs/library/state.sh"
};
static const unsigned char library_look_paths_sh[] = {
#embed "programs/library/look-paths.sh"
};
static const unsigned char library_look_names_sh[] = {
#embed "programs/library/look-names.sh"
};
static const unsigned char library_look_content_sh[] = {
#embed "programs/library/look-content.sh"
};
static const unsigned char library_look_calls_sh[] = {
#embed "programs/library/look-calls.sh"
};
static const unsigned char library_age_sh[] = {
#embed "programs/library/age.sh"
};
static const unsigned char library_run_sh[] = {
#embed "programs/library/run.sh"
};
static const unsigned char library_limit_sh[] = {
#embed "programs/library/limit.sh"
};
static const unsigned char library_steps_sh[] = {
#embed "programs/library/steps.sh"
};
static const unsigned char library_way_sh[] = {
#embed "programs/library/way.sh"
};
static const unsigned char library_place_sh[] = {
#embed "programs/library/place.sh"
};
static const unsigned char library_change_sh[] = {
#embed "programs/library/change.sh"
};
static const unsigned char releases_root_sh[] = {
#embed "programs/releases/root.sh"
};
static const unsigned char releases_account_sh[] = {
#embed "programs/releases/account.sh"
};
static const unsigned char releases_lease_sh[] = {
#embed "programs/releases/lease.sh"
};
static const unsigned char releases_take_sh[] = {
#embed "programs/releases/take.sh"
};
static const unsigned char releases_record_sh[] = {
#embed "programs/releases/record.sh"
};
static const unsigned char releases_unpack_sh[] = {
#embed "programs/releases/unpack.sh"
};
static const unsigned char releases_stage_sh[] = {
#embed "programs/releases/stage.sh"
};
static const unsigned char releases_migrate_sh[] = {
#embed "programs/releases/migrate.sh"
};
static const unsigned char releases_adopt_sh[] = {
#embed "programs/releases/adopt.sh"
};
static const unsigned char releases_flip_sh[] = {
#embed "programs/releases/flip.sh"
};
static const unsigned char releases_prune_sh[] = {
#embed "programs/releases/prune.sh"
};
static const unsigned char releases_keep_sh[] = {
#embed "programs/releases/keep.sh"
};
static const unsigned char releases_uses_sh[] = {
#embed "programs/releases/uses.sh"
};
static const unsigned char releases_look_sh[] = {
#embed "programs/releases/look.sh"
};
static const unsigned char services_common_sh[] = {
#embed "programs/services/common.sh"
};
static const unsigned char services_journal_sh[] = {
#embed "programs/services/journal.sh"
};
static const unsigned char services_lock_sh[] = {
#embed "programs/services/lock.sh"
};
static const unsigned char services_members_sh[] = {
#embed "programs/services/members.sh"
};
static const unsigned char services_procedure_sh[] = {
#embed "programs/services/procedure.sh"
};
static const unsigned char services_install_sh[] = {
#embed "programs/services/install.sh"
};
static const unsigned char services_apply_sh[] = {
#embed "programs/services/apply.sh"
};
static const unsigned char services_restore_sh[] = {
#embed "programs/services/restore.sh"
};
static const unsigned char services_look_sh[] = {
#embed "programs/services/look.sh"
};
static const unsigned char services_switch_sh[] = {
#embed "programs/services/switch.sh"
};
static const unsigned char services_detach_sh[] = {
#embed "programs/services/detach.sh"
};
static const unsigned char services_systemd_units_sh[] = {
#embed "programs/services/systemd-units.sh"
};
static const unsigned char services_systemd_sh[] = {
#embed "programs/services/systemd.sh"
};
static const unsigned char services_supervisord_find_sh[] = {
#embed "programs/services/supervisord-find.sh"
};
static const unsigned char services_supervisord_groups_sh[] = {
#embed "programs/services/supervisord-groups.sh"
};
static const unsigned char services_supervisord_sh[] = {
#embed "programs/services/supervisord.sh"
};
static const unsigned char services_runit_take_sh[] = {
#embed "programs/services/runit-take.sh"
};
static const unsigned char services_none_sh[] = {
#embed "programs/services/none.sh"
};
static const unsigned char services_none_act_sh[] = {
#embed "programs/services/none-act.sh"
};
static const unsigned char services_none_take_sh[] = {
#embed "programs/services/none-take.sh"
};
static const unsigned char services_runit_sh[] = {
#embed "programs/services/runit.sh"
};
static const unsigned char services_upstart_sh[] = {
#embed "programs/services/upstart.sh"
};
static const unsigned char handover_seams_sh[] = {
#embed "programs/handover/seams.sh"
};
static const unsigned char handover_process_sh[] = {
#embed "programs/handover/process.sh"
};
static const unsigned char handover_order_sh[] = {
#embed "programs/handover/order.sh"
};
static const unsigned char handover_journal_sh[] = {
#embed "programs/handover/journal.sh"
};
static const unsigned char handover_observe_sh[] = {
#embed "programs/handover/observe.sh"
};
static const unsigned char handover_probe_sh[] = {
#embed "programs/handover/probe.sh"
};
static const unsigned char handover_act_sh[] = {
#embed "programs/handover/act.sh"
};
static const unsigned char handover_meet_sh[] = {
#embed "programs/handover/meet.sh"
};
static const unsigned char handover_conduct_sh[] = {
#embed "programs/handover/conduct.sh"
};
static const unsigned char handover_guard_sh[] = {
#embed "programs/handover/guard.sh"
};
static const unsigned char handover_evidence_sh[] = {
#embed "programs/handover/evidence.sh"
};
static const unsigned char handover_roles_sh[] = {
#embed "programs/handover/roles.sh"
};
static const unsigned char handover_preflight_sh[] = {
#embed "programs/handover/preflight.sh"
};
static const unsigned char handover_preflight_process_sh[] = {
#embed "programs/handover/preflight-process.sh"
};
static const unsigned char handover_preflight_around_sh[] = {
#embed "programs/handover/preflight-around.sh"
};
static const unsigned char handover_preflight_server_sh[] = {
#embed "programs/handover/preflight-server.sh"
};
static const unsigned char handover_preflight_trial_sh[] = {
#embed "programs/handover/preflight-trial.sh"
};
static const unsigned char handover_lay_sh[] = {
#embed "programs/handover/lay.sh"
};

#pragma clang diagnostic pop

#define PROGRAM(name) ((baton_program){name, sizeof name})

baton_program baton_upload_sh(void) { return PROGRAM(upload_sh); }
baton_program baton_end_sh(void) { return PROGRAM(end_sh); }
baton_program baton_facts_sh(void) { return PROGRAM(facts_sh); }
baton_program baton_library_state_sh(void) { return PROGRAM(library_state_sh); }
baton_program baton_library_look_paths_sh(void) { return PROGRAM(library_look_paths_sh); }
baton_program baton_library_look_names_sh(void) { return PROGRAM(library_look_names_sh); }
baton_program baton_library_look_content_sh(void) { return PROGRAM(library_look_content_sh); }
baton_program baton_library_look_calls_sh(void) { return PROGRAM(library_look_calls_sh); }
baton_program baton_library_age_sh(void) { return PROGRAM(library_age_sh); }
baton_program baton_library_run_sh(void) { return PROGRAM(library_run_sh); }
baton_program baton_library_limit_sh(void) { return PROGRAM(library_limit_sh); }
baton_program baton_library_steps_sh(void) { return PROGRAM(library_steps_sh); }
baton_program baton_library_way_sh(void) { return PROGRAM(library_way_sh); }
baton_program baton_library_place_sh(void) { return PROGRAM(library_place_sh); }
baton_program baton_library_change_sh(void) { return PROGRAM(library_change_sh); }
baton_program baton_checks_sh(void) { return PROGRAM(checks_sh); }
baton_program baton_releases_root_sh(void) { return PROGRAM(releases_root_sh); }
baton_program baton_releases_account_sh(void) { return PROGRAM(releases_account_sh); }
baton_program baton_releases_lease_sh(void) { return PROGRAM(releases_lease_sh); }
baton_program baton_releases_take_sh(void) { return PROGRAM(releases_take_sh); }
baton_program baton_releases_record_sh(void) { return PROGRAM(releases_record_sh); }
baton_program baton_releases_unpack_sh(void) { return PROGRAM(releases_unpack_sh); }
baton_program baton_releases_stage_sh(void) { return PROGRAM(releases_stage_sh); }
baton_program baton_releases_migrate_sh(void) { return PROGRAM(releases_migrate_sh); }
baton_program baton_releases_adopt_sh(void) { return PROGRAM(releases_adopt_sh); }
baton_program baton_releases_flip_sh(void) { return PROGRAM(releases_flip_sh); }
baton_program baton_releases_prune_sh(void) { return PROGRAM(releases_prune_sh); }
baton_program baton_releases_keep_sh(void) { return PROGRAM(releases_keep_sh); }
baton_program baton_releases_uses_sh(void) { return PROGRAM(releases_uses_sh); }
baton_program baton_releases_look_sh(void) { return PROGRAM(releases_look_sh); }
baton_program baton_services_common_sh(void) { return PROGRAM(services_common_sh); }
baton_program baton_services_journal_sh(void) { return PROGRAM(services_journal_sh); }
baton_program baton_services_lock_sh(void) { return PROGRAM(services_lock_sh); }
baton_program baton_services_members_sh(void) { return PROGRAM(services_members_sh); }
baton_program baton_services_procedure_sh(void) { return PROGRAM(services_procedure_sh); }
baton_program baton_services_install_sh(void) { return PROGRAM(services_install_sh); }
baton_program baton_services_apply_sh(void) { return PROGRAM(services_apply_sh); }
baton_program baton_services_restore_sh(void) { return PROGRAM(services_restore_sh); }
baton_program baton_services_look_sh(void) { return PROGRAM(services_look_sh); }
baton_program baton_services_switch_sh(void) { return PROGRAM(services_switch_sh); }
baton_program baton_services_detach_sh(void) { return PROGRAM(services_detach_sh); }
baton_program baton_services_systemd_units_sh(void) { return PROGRAM(services_systemd_units_sh); }
baton_program baton_services_systemd_sh(void) { return PROGRAM(services_systemd_sh); }
baton_program baton_services_supervisord_find_sh(void) { return PROGRAM(services_supervisord_find_sh); }
baton_program baton_services_supervisord_groups_sh(void) { return PROGRAM(services_supervisord_groups_sh); }
baton_program baton_services_supervisord_sh(void) { return PROGRAM(services_supervisord_sh); }
baton_program baton_services_none_sh(void) { return PROGRAM(services_none_sh); }
baton_program baton_services_none_act_sh(void) { return PROGRAM(services_none_act_sh); }
baton_program baton_services_none_take_sh(void) { return PROGRAM(services_none_take_sh); }
baton_program baton_services_runit_take_sh(void) { return PROGRAM(services_runit_take_sh); }
baton_program baton_services_runit_sh(void) { return PROGRAM(services_runit_sh); }
baton_program baton_services_upstart_sh(void) { return PROGRAM(services_upstart_sh); }
baton_program baton_handover_seams_sh(void) { return PROGRAM(handover_seams_sh); }
baton_program baton_handover_process_sh(void) { return PROGRAM(handover_process_sh); }
baton_program baton_handover_order_sh(void) { return PROGRAM(handover_order_sh); }
baton_program baton_handover_journal_sh(void) { return PROGRAM(handover_journal_sh); }
baton_program baton_handover_observe_sh(void) { return PROGRAM(handover_observe_sh); }
baton_program baton_handover_probe_sh(void) { return PROGRAM(handover_probe_sh); }
baton_program baton_handover_act_sh(void) { return PROGRAM(handover_act_sh); }
baton_program baton_handover_meet_sh(void) { return PROGRAM(handover_meet_sh); }
baton_program baton_handover_conduct_sh(void) { return PROGRAM(handover_conduct_sh); }
baton_program baton_handover_guard_sh(void) { return PROGRAM(handover_guard_sh); }
baton_program baton_handover_evidence_sh(void) { return PROGRAM(handover_evidence_sh); }
baton_program baton_handover_roles_sh(void) { return PROGRAM(handover_roles_sh); }
baton_program baton_handover_preflight_sh(void) { return PROGRAM(handover_preflight_sh); }
baton_program baton_handover_preflight_process_sh(void) { return PROGRAM(handover_preflight_process_sh); }
baton_program baton_handover_preflight_around_sh(void) { return PROGRAM(handover_preflight_around_sh); }
baton_program baton_handover_preflight_server_sh(void) { return PROGRAM(handover_preflight_server_sh); }
baton_program baton_handover_preflight_trial_sh(void) { return PROGRAM(handover_preflight_trial_sh); }
baton_program baton_handover_lay_sh(void) { return PROGRAM(handover_lay_sh); }
