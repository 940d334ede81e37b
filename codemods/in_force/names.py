"""The names of Celery's settings, new and old, as `celery.app.defaults` of 5.7 has them."""

from collections.abc import Collection

from codemods.in_force.routing import Refused

OWN_OLD = {
    "database_engine_options": "CELERY_RESULT_ENGINE_OPTIONS",
    "database_short_lived_sessions": "CELERY_RESULT_DB_SHORT_LIVED_SESSIONS",
    "database_table_names": "CELERY_RESULT_DB_TABLENAMES",
    "database_url": "CELERY_RESULT_DBURI",
    "result_cache_max": "CELERY_MAX_CACHED_RESULTS",
    "result_expires": "CELERY_TASK_RESULT_EXPIRES",
    "task_compression": "CELERY_MESSAGE_COMPRESSION",
    "task_eager_propagates": "CELERY_EAGER_PROPAGATES_EXCEPTIONS",
    "task_protocol": "CELERY_TASK_PROTOCOL",
    "task_publish_retry": "CELERY_TASK_PUBLISH_RETRY",
    "task_publish_retry_policy": "CELERY_TASK_PUBLISH_RETRY_POLICY",
    "task_send_sent_event": "CELERY_SEND_TASK_SENT_EVENT",
    "task_serializer": "CELERY_TASK_SERIALIZER",
    "task_soft_time_limit": "CELERYD_TASK_SOFT_TIME_LIMIT",
    "task_time_limit": "CELERYD_TASK_TIME_LIMIT",
    "worker_direct": "CELERY_WORKER_DIRECT",
    "worker_disable_rate_limits": "CELERY_DISABLE_RATE_LIMITS",
    "worker_enable_remote_control": "CELERY_ENABLE_REMOTE_CONTROL",
    "worker_lost_wait": "CELERYD_WORKER_LOST_WAIT",
    "worker_redirect_stdouts": "CELERY_REDIRECT_STDOUTS",
    "worker_redirect_stdouts_level": "CELERY_REDIRECT_STDOUTS_LEVEL",
    "worker_send_task_events": "CELERY_SEND_EVENTS",
}
"""Those whose old name follows no rule."""
RULES = {"beat_": "CELERYBEAT_", "worker_": "CELERYD_", "task_": "CELERY_"}
SAME = """
azureblockblob_base_path azureblockblob_connection_timeout azureblockblob_container_name
azureblockblob_read_timeout azureblockblob_retry_increment_base
azureblockblob_retry_initial_backoff_sec azureblockblob_retry_max_attempts
broker_channel_error_retry broker_connection_max_retries broker_connection_retry
broker_connection_retry_on_startup broker_connection_timeout broker_failover_strategy
broker_heartbeat broker_heartbeat_checkrate broker_host broker_login_method
broker_native_delayed_delivery_queue_type broker_password broker_pool_acquire_timeout
broker_pool_limit broker_port broker_read_url broker_transport broker_transport_options broker_url
broker_use_ssl broker_user broker_vhost broker_write_url cassandra_auth_kwargs
cassandra_auth_provider cassandra_bundle_path cassandra_entry_ttl cassandra_keyspace
cassandra_options cassandra_port cassandra_read_consistency cassandra_servers cassandra_table
cassandra_write_consistency control_exchange control_queue_durable control_queue_exclusive
control_queue_expires control_queue_ttl cosmosdbsql_collection_name cosmosdbsql_consistency_level
cosmosdbsql_database_name cosmosdbsql_max_retry_attempts cosmosdbsql_max_retry_wait_time
database_create_tables_at_setup database_engine_callback database_table_schemas enable_utc
gcs_base_path gcs_bucket gcs_project gcs_ttl result_accept_content s3_access_key_id s3_base_path
s3_bucket s3_endpoint_url s3_region s3_secret_access_key
"""
"""The old name of these is the new one in capitals."""
REGULAR = """
accept_content arangodb_backend_settings beat_cron_starting_deadline beat_enable_remote_control
beat_max_loop_interval beat_remote_control_max_tick_age beat_schedule beat_schedule_filename
beat_scheduler beat_sync_every cache_backend cache_backend_options couchbase_backend_settings
elasticsearch_max_retries elasticsearch_retry_on_timeout elasticsearch_save_meta_as_text
elasticsearch_timeout event_exchange event_queue_durable event_queue_exclusive event_queue_expires
event_queue_prefix event_queue_ttl event_serializer imports include mongodb_backend_settings
redis_backend_use_ssl redis_db redis_host redis_max_connections redis_password redis_port
redis_retry_on_timeout redis_socket_connect_timeout redis_socket_keepalive redis_socket_timeout
redis_username result_backend result_backend_always_retry
result_backend_base_sleep_between_retries_ms result_backend_max_retries
result_backend_max_sleep_between_retries_ms result_backend_transport_options result_chord_expires
result_chord_join_timeout result_chord_retry_interval result_compression result_exchange
result_exchange_type result_extended result_failure_expires result_persistent result_serializer
security_cert_store security_certificate security_digest security_key security_key_password
task_acks_late task_acks_on_failure task_acks_on_failure_or_timeout task_acks_on_timeout
task_allow_error_cb_on_chord_header task_always_eager task_annotations
task_create_missing_queue_exchange_type task_create_missing_queue_type task_create_missing_queues
task_default_delivery_mode task_default_exchange task_default_exchange_type task_default_priority
task_default_queue task_default_queue_type task_default_rate_limit task_default_routing_key
task_ignore_result task_inherit_parent_priority task_queue_max_priority task_queues
task_reject_on_worker_lost task_remote_tracebacks task_repr_maxlevels task_retry_on_worker_lost
task_routes task_store_eager_result task_store_errors_even_if_ignored task_track_started timezone
worker_agent worker_autoscaler worker_cancel_long_running_tasks_on_connection_loss
worker_concurrency worker_consumer worker_deduplicate_successful_tasks
worker_detect_quorum_queues worker_disable_prefetch worker_enable_prefetch_count_reduction
worker_enable_soft_shutdown_on_idle worker_eta_task_limit worker_hijack_root_logger
worker_log_color worker_log_datefmt worker_log_format worker_max_memory_per_child
worker_max_tasks_per_child worker_pool worker_pool_putlocks worker_pool_restarts
worker_pool_start_method worker_prefetch_multiplier worker_proc_alive_timeout
worker_soft_shutdown_timeout worker_state_db worker_task_log_datefmt worker_task_log_format
worker_timer worker_timer_precision
"""


def _regular(new: str) -> str:
    begins = next((prefix for prefix in RULES if new.startswith(prefix)), "")
    return f"{RULES.get(begins, 'CELERY_')}{new.removeprefix(begins).upper()}"


OLD: dict[str, str] = {
    **{new: new.upper() for new in SAME.split()},
    **{new: _regular(new) for new in REGULAR.split()},
    **OWN_OLD,
}
"""Every setting's new name and its old one."""
NEW = {old: new for new, old in OLD.items()}
DEFAULTS = {"task_default_queue": "celery", "enable_utc": True, "task_create_missing_queues": True}
"""The defaults that schedules and routes ask about, with an empty schedule; others are `None` here."""


def default(new: str) -> object:
    """The default of a setting, by its new name; a new dict each time for a schedule."""
    return {} if new == "beat_schedule" else DEFAULTS.get(new)


def are_old(names: Collection[str]) -> bool | Refused:
    """Whether Celery reads settings of these names the old way; where both are mixed it refuses.

    The rule is that of `detect_settings`: the larger number wins, new ones where they are as many,
    and each name of the smaller number must be there in the other form as well.
    """
    new, old = [name for name in names if name in OLD], [name for name in names if name in NEW]
    is_old = len(old) > len(new)
    left = {OLD[name]: name for name in new} if is_old else {NEW[name]: name for name in old}
    wrong = sorted(left[other] for other in left.keys() - set(names))
    if wrong:
        return Refused(f"old and new names of settings are mixed: {', '.join(wrong)}")
    return is_old
