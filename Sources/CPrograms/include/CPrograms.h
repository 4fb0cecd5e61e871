// The programs that run on hosts: the files in `programs/`, embedded as they are. shellcheck and the tests read the
// same files.
#ifndef BATON_CPROGRAMS_H
#define BATON_CPROGRAMS_H

#include <stddef.h>

typedef struct {
    const unsigned char *bytes;
    size_t count;
} baton_program;

baton_program baton_upload_sh(void);
baton_program baton_end_sh(void);
baton_program baton_facts_sh(void);
baton_program baton_checks_sh(void);

// The library that programs are put together from (programs/library).
baton_program baton_library_state_sh(void);
baton_program baton_library_look_paths_sh(void);
baton_program baton_library_look_names_sh(void);
baton_program baton_library_look_content_sh(void);
baton_program baton_library_look_calls_sh(void);
baton_program baton_library_age_sh(void);
baton_program baton_library_run_sh(void);
baton_program baton_library_limit_sh(void);
baton_program baton_library_steps_sh(void);
baton_program baton_library_way_sh(void);
baton_program baton_library_place_sh(void);
baton_program baton_library_change_sh(void);

// What looks at and changes releases on hosts (programs/releases).
baton_program baton_releases_root_sh(void);
baton_program baton_releases_account_sh(void);
baton_program baton_releases_lease_sh(void);
baton_program baton_releases_take_sh(void);
baton_program baton_releases_record_sh(void);
baton_program baton_releases_unpack_sh(void);
baton_program baton_releases_stage_sh(void);
baton_program baton_releases_migrate_sh(void);
baton_program baton_releases_adopt_sh(void);
baton_program baton_releases_flip_sh(void);
baton_program baton_releases_prune_sh(void);
baton_program baton_releases_keep_sh(void);
baton_program baton_releases_uses_sh(void);
baton_program baton_releases_look_sh(void);

// What changes services on hosts (programs/services).
baton_program baton_services_common_sh(void);
baton_program baton_services_journal_sh(void);
baton_program baton_services_lock_sh(void);
baton_program baton_services_members_sh(void);
baton_program baton_services_procedure_sh(void);
baton_program baton_services_apply_sh(void);
baton_program baton_services_install_sh(void);
baton_program baton_services_restore_sh(void);
baton_program baton_services_look_sh(void);
baton_program baton_services_switch_sh(void);
baton_program baton_services_detach_sh(void);
baton_program baton_services_systemd_sh(void);
baton_program baton_services_systemd_units_sh(void);
// What supervisors are asked through, one file each (programs/services).
baton_program baton_services_supervisord_sh(void);
baton_program baton_services_supervisord_groups_sh(void);
baton_program baton_services_supervisord_find_sh(void);
baton_program baton_services_runit_sh(void);
baton_program baton_services_none_sh(void);
baton_program baton_services_none_act_sh(void);
baton_program baton_services_none_take_sh(void);
baton_program baton_services_runit_take_sh(void);
baton_program baton_services_upstart_sh(void);

// What runs a takeover on the host by itself (programs/handover), in the order in which it is put together.
baton_program baton_handover_seams_sh(void);
baton_program baton_handover_process_sh(void);
baton_program baton_handover_order_sh(void);
baton_program baton_handover_journal_sh(void);
baton_program baton_handover_observe_sh(void);
baton_program baton_handover_probe_sh(void);
baton_program baton_handover_act_sh(void);
baton_program baton_handover_meet_sh(void);
baton_program baton_handover_conduct_sh(void);
baton_program baton_handover_guard_sh(void);
baton_program baton_handover_evidence_sh(void);
baton_program baton_handover_roles_sh(void);
// What lays it down there.
baton_program baton_handover_lay_sh(void);

// What is looked at before a takeover (programs/handover).
baton_program baton_handover_preflight_sh(void);
baton_program baton_handover_preflight_process_sh(void);
baton_program baton_handover_preflight_around_sh(void);
baton_program baton_handover_preflight_server_sh(void);
baton_program baton_handover_preflight_trial_sh(void);

#endif
